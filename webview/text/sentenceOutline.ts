// The sentence that is looked at, and the one that lowers the reward most, over a numbered text.

import { t } from '../words';

/** What is to be seen in the text of one answer; sentences count from 0. */
export interface SentenceFocus {
  /** sentences that the reward was computed after */
  readonly count: number;
  readonly looked: number | undefined;
  /** with its change in words */
  readonly drop: { readonly sentence: number; readonly words: string } | undefined;
}

// styles/text.css gives them their look
const looked = new Highlight();
const fallen = new Highlight();
CSS.highlights.set('rewardlens-sentence', looked);
CSS.highlights.set('rewardlens-drop', fallen);

/** Shows it below an element whose sentences are numbered. @returns what takes it away again */
export function outlineSentences(root: Element, focus: SentenceFocus): () => void {
  const marks = [...root.querySelectorAll<HTMLElement>('.sn')];
  // a long text is drawn piece by piece, and texts that are cut otherwise must not be mixed up
  if (marks.length > focus.count) {
    return () => undefined;
  }
  const undo: (() => void)[] = [];
  const show = (sentence: number, highlight: Highlight): Range | undefined => {
    const range = rangeOf(root, marks, sentence);
    if (range !== undefined) {
      highlight.add(range);
      undo.push(() => highlight.delete(range));
    }
    return range;
  };
  if (focus.drop !== undefined) {
    const range = show(focus.drop.sentence, fallen);
    const mark = marks[focus.drop.sentence];
    if (range !== undefined && mark !== undefined) {
      mark.classList.add('falls');
      const note = noteOf(focus.drop.words);
      placeNote(range, note);
      undo.push(() => {
        mark.classList.remove('falls');
        note.remove();
      });
    }
  }
  if (focus.looked !== undefined) {
    show(focus.looked, looked);
  }
  return () => {
    for (const step of undo) {
      step();
    }
  };
}

/** Number of the sentence at a place of the page, from 0. */
export function sentenceAt(root: Element, target: Node): number | undefined {
  const marks = [...root.querySelectorAll<HTMLElement>('.sn')];
  const found = marks.findLastIndex(
    (mark) => (mark.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
  );
  return found < 0 ? undefined : found;
}

/** From a mark to the next one. */
function rangeOf(
  root: Element,
  marks: readonly HTMLElement[],
  sentence: number,
): Range | undefined {
  const mark = marks[sentence];
  if (mark === undefined) {
    return undefined;
  }
  const range = new Range();
  range.setStartAfter(mark);
  const next = marks[sentence + 1];
  if (next === undefined) {
    range.setEnd(root, root.childNodes.length);
  } else {
    range.setEndBefore(next);
  }
  return range;
}

function noteOf(words: string): HTMLElement {
  const note = document.createElement('span');
  note.className = 'dropnote';
  note.textContent = t('{0}, biggest drop', words);
  return note;
}

/** Behind the last words of the sentence. */
function placeNote(range: Range, note: HTMLElement): void {
  const walker = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  let last: Text | undefined;
  while (walker.nextNode() !== null) {
    const node = walker.currentNode as Text;
    if (range.intersectsNode(node) && node.data.trim() !== '') {
      last = node;
    }
  }
  const whole = last?.parentElement?.closest('table, pre, .mathblock, code, math');
  (whole ?? last)?.after(note);
}
