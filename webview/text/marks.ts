// Marks on words that another answer lacks. They are drawn over the text and do not change it.

import { keepWords, placesOfWords, shownWords, type RenderedAnswer } from './renderedAnswer';
import { missingFrom } from './wordMarks';

// styles/text.css gives them their look
const highlight = new Highlight();
CSS.highlights.set('rewardlens-marks', highlight);

export interface Base {
  readonly text: string;
  readonly raw: boolean;
}

export interface Marked {
  /** marked words, signs not counted */
  readonly words: number;
  /** takes the marks away */
  readonly remove: () => void;
}

const WORD = /[\p{L}\p{N}]/u;

/**
 * Marks what stands below an element and not in the base.
 * @param drawn what stands there
 */
export function mark(root: Element, drawn: RenderedAnswer, base: Base): Marked {
  const places = placesOfWords(root);
  const own = places.map(({ word }) => word);
  if (drawn.isComplete) {
    keepWords(drawn, own);
  }
  const runs = missingFrom(shownWords(base.text, base.raw), own);
  const ranges = runs.flatMap(({ start, end }) => {
    const first = places[start];
    const last = places[end];
    return first === undefined || last === undefined
      ? []
      : [rangeOf(first.node, first.at, last.node, last.at + last.word.length)];
  });
  for (const range of ranges) {
    highlight.add(range);
  }
  return {
    words: runs
      .flatMap(({ start, end }) => own.slice(start, end + 1))
      .filter((word) => WORD.test(word)).length,
    remove: () => {
      for (const range of ranges) {
        highlight.delete(range);
      }
    },
  };
}

function rangeOf(start: Text, from: number, end: Text, to: number): Range {
  const range = new Range();
  range.setStart(start, from);
  range.setEnd(end, to);
  return range;
}
