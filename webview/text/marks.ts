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

/**
 * Marks what stands below an element and not in the base.
 * @param drawn what stands there
 * @returns what takes the marks away
 */
export function mark(root: Element, drawn: RenderedAnswer, base: Base): () => void {
  const places = placesOfWords(root);
  const own = places.map(({ word }) => word);
  if (drawn.isComplete) {
    keepWords(drawn, own);
  }
  const ranges = missingFrom(shownWords(base.text, base.raw), own).flatMap(({ start, end }) => {
    const first = places[start];
    const last = places[end];
    return first === undefined || last === undefined
      ? []
      : [rangeOf(first.node, first.at, last.node, last.at + last.word.length)];
  });
  for (const range of ranges) {
    highlight.add(range);
  }
  return () => {
    for (const range of ranges) {
      highlight.delete(range);
    }
  };
}

function rangeOf(start: Text, from: number, end: Text, to: number): Range {
  const range = new Range();
  range.setStart(start, from);
  range.setEnd(end, to);
  return range;
}
