// Numbers of sentences beside a rendered answer.

import { OPAQUE, sentenceStarts } from '../../src/sample/sentenceStarts';

/** What is one piece, however many sentences are in it. */
const WHOLE = 'table, pre, .mathblock';
/** What is not cut by a number. */
const UNCUT = 'code, .katex, math, .hidden-character';
const BLOCKS = 'p, li, h1, h2, h3, h4, h5, h6, .plain';

/**
 * Puts a mark before each sentence of a rendered answer; style sheets draw its number. Text nodes
 * are split, not changed.
 * @param first number of the first sentence
 * @param onePerBlock each block is one sentence, whatever it says
 * @returns the number that comes next
 */
export function numberSentences(root: ParentNode, first: number, onePerBlock = false): number {
  let number = first;
  for (const block of root.querySelectorAll<HTMLElement>(`${BLOCKS}, ${WHOLE}`)) {
    if (block.matches(WHOLE) || onePerBlock) {
      block.before(numberMark(number, true));
      number += 1;
    } else if (block.closest(WHOLE) === null) {
      number = numberBlock(block, number);
    }
  }
  return number;
}

/** The block's own text, without that of the blocks in it. */
function numberBlock(block: HTMLElement, first: number): number {
  const nodes = textNodes(block);
  const starts = sentenceStarts(nodes.map(wordsOf).join(''));
  let number = first + starts.length;
  // from the end, so that positions before stay right
  for (const start of starts.toReversed()) {
    number -= 1;
    putMark(nodes, start, number, start === starts[0]);
  }
  return first + starts.length;
}

/** As `sentencesOf` reads it, character by character: what is not cut ends no sentence. */
function wordsOf({ data, parentElement }: Text): string {
  return parentElement?.closest(UNCUT) == null ? data : OPAQUE.repeat(data.length);
}

function textNodes(block: HTMLElement): readonly Text[] {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, {
    acceptNode: (node) =>
      node instanceof Element
        ? node.matches(`${BLOCKS}, ${WHOLE}`)
          ? NodeFilter.FILTER_REJECT
          : NodeFilter.FILTER_SKIP
        : NodeFilter.FILTER_ACCEPT,
  });
  const found: Text[] = [];
  while (walker.nextNode() !== null) {
    found.push(walker.currentNode as Text);
  }
  return found;
}

function putMark(nodes: readonly Text[], start: number, number: number, isFirst: boolean): void {
  let before = 0;
  for (const node of nodes) {
    const { length } = node.data;
    if (start < before + length) {
      const uncut = node.parentElement?.closest(UNCUT);
      const place = uncut ?? (start > before ? node.splitText(start - before) : node);
      place.before(numberMark(number, isFirst));
      return;
    }
    before += length;
  }
}

/** @param isFirst in its block: the others begin on a line of their own */
function numberMark(number: number, isFirst: boolean): HTMLElement {
  const mark = document.createElement('span');
  mark.className = isFirst ? 'sn' : 'sn further';
  mark.dataset.number = String(number);
  mark.ariaHidden = 'true';
  return mark;
}
