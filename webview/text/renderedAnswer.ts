// An answer as nodes of the page, a slice at a time. Loaded when the first answer is shown.

import { LRUCache } from 'lru-cache';
import {
  MarkdownText,
  plainBlocks,
  plainHtml,
  plainSentences,
  type Block,
  type MarkupCounts,
} from './markdown';
import { sanitised } from './sanitise';
import { numberSentences } from './sentences';
import { wordsOf } from './wordMarks';

const parsed = new LRUCache<string, MarkdownText>({
  maxSize: 4_000_000, // characters
  sizeCalculation: (_, text) => text.length + 1,
});
const words = new LRUCache<string, readonly string[]>({ max: 128 });

function parse(text: string): MarkdownText {
  const known = parsed.get(text);
  if (known !== undefined) {
    return known;
  }
  const fresh = new MarkdownText(text);
  parsed.set(text, fresh);
  return fresh;
}

/** How the answer is dressed up. */
export function markupOf(text: string): MarkupCounts {
  return parse(text).count();
}

export class RenderedAnswer {
  readonly #blocks: readonly Block[];
  readonly #html: (block: Block) => string;
  #next = 0;
  #givenWords = 0;
  #sentence = 1;

  /**
   * @param raw as it is written
   * @param numbered with marks before its sentences
   */
  constructor(
    readonly text: string,
    readonly raw: boolean,
    readonly numbered = false,
  ) {
    const markdown = raw ? undefined : parse(text);
    // what is nothing but space is shown as it is written
    if (markdown === undefined || markdown.blocks.length === 0) {
      const sentences = numbered ? plainSentences(text) : [];
      this.#blocks = sentences.length > 0 ? sentences : plainBlocks(text);
      this.#html = (block) => (block.kind === 'plain' ? plainHtml(block.text) : '');
    } else {
      this.#blocks = markdown.blocks;
      this.#html = (block) => markdown.render(block);
    }
  }

  get isComplete(): boolean {
    return this.#next >= this.#blocks.length;
  }

  /** Words given so far. */
  get givenWords(): number {
    return this.#givenWords;
  }

  /** Blocks of about so many words that were not given yet. */
  nextSlice(sliceWords: number): DocumentFragment {
    let html = '';
    let count = 0;
    while (!this.isComplete && count < sliceWords) {
      const block = this.#blocks[this.#next];
      if (block !== undefined) {
        html += this.#html(block);
        count += Math.max(1, block.words);
      }
      this.#next += 1;
    }
    this.#givenWords += count;
    const fragment = sanitised(html);
    if (this.numbered) {
      this.#sentence = numberSentences(fragment, this.#sentence, this.raw);
    }
    return fragment;
  }
}

function wordsKey(text: string, raw: boolean): string {
  return `${raw ? 'raw' : 'rendered'} ${text}`;
}

/** Keeps the words of an answer that is drawn as a whole: they need not be found again. */
export function keepWords({ text, raw }: RenderedAnswer, found: readonly string[]): void {
  words.set(wordsKey(text, raw), found);
}

/** The words of an answer as they are shown, for comparing others with it. */
export function shownWords(text: string, raw: boolean): readonly string[] {
  const key = wordsKey(text, raw);
  const known = words.get(key);
  if (known !== undefined) {
    return known;
  }
  const rendered = new RenderedAnswer(text, raw);
  // all that is left comes as one slice
  const found = placesOfWords(rendered.nextSlice(Infinity)).map(({ word }) => word);
  words.set(key, found);
  return found;
}

/** Words below a node, in reading order. */
export function placesOfWords(
  root: DocumentFragment | Element,
): readonly { readonly word: string; readonly node: Text; readonly at: number }[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: { word: string; node: Text; at: number }[] = [];
  while (walker.nextNode() !== null) {
    const node = walker.currentNode as Text;
    for (const { word, at } of wordsOf(node.data)) {
      found.push({ word, node, at });
    }
  }
  return found;
}
