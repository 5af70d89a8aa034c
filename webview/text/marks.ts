// Marks on words that another answer lacks. They are drawn over the text and do not change it.

import { t } from '../words';
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
 * @param isRead screen readers are told where marked words begin and end
 */
export function mark(root: Element, drawn: RenderedAnswer, base: Base, isRead: boolean): Marked {
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
  const told = isRead ? ranges.flatMap(tellEnds) : [];
  return {
    words: runs
      .flatMap(({ start, end }) => own.slice(start, end + 1))
      .filter((word) => WORD.test(word)).length,
    remove: () => {
      for (const range of ranges) {
        highlight.delete(range);
      }
      for (const words of told) {
        const parent = words.parentNode;
        words.remove();
        parent?.normalize();
      }
    },
  };
}

/** Words before and behind a run that are heard and not seen. */
function tellEnds(range: Range): readonly Element[] {
  const begin = heard(t('only here'));
  const end = heard(t('end'));
  const [first, last] = [range.startContainer, range.endContainer].map(formulaAround);
  if (last === undefined) {
    const behind = range.cloneRange();
    behind.collapse(false);
    behind.insertNode(end);
  } else {
    last.after(end);
  }
  if (first === undefined) {
    const before = range.cloneRange();
    before.collapse(true);
    before.insertNode(begin);
    // what is heard is no part of the run
    range.setStartAfter(begin);
  } else {
    first.before(begin);
  }
  return [begin, end];
}

/** A formula holds no other words than its own. */
function formulaAround(node: Node): Element | undefined {
  return node.parentElement?.closest('math') ?? undefined;
}

function heard(words: string): HTMLElement {
  const span = document.createElement('span');
  span.className = 'vh uncopied';
  span.textContent = ` ${words} `;
  return span;
}

function rangeOf(start: Text, from: number, end: Text, to: number): Range {
  const range = new Range();
  range.setStart(start, from);
  range.setEnd(end, to);
  return range;
}
