// Marks on words that another answer lacks. They are drawn over the text and do not change it.

import { placesOfWords, shownWords } from './renderedAnswer';
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

/** Marks what stands below an element and not in the base. */
export function mark(root: Element, base: Base): Marked {
  const places = placesOfWords(root);
  const runs = missingFrom(
    shownWords(base.text, base.raw),
    places.map(({ word }) => word),
  );
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
  const marked = runs.flatMap(({ start, end }) => places.slice(start, end + 1));
  return {
    words: marked.filter(({ word }) => WORD.test(word)).length,
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
