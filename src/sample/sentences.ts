// The sentences of an answer, as places in its markdown: where it can be cut.

import { tex } from '@mdit/plugin-tex';
import MarkdownIt, { type Token } from 'markdown-it';
import { OPAQUE, sentenceStarts } from './sentenceStarts';

/** A piece of a text in UTF-16 units; `end` is not in it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Blocks with more characters are not parsed: emphasis and lists cost too much there. */
export const MAX_BLOCK_CHARACTERS = 20_000;
/** Plain text is cut into pieces of this size, so that it can be shown in slices. */
export const PLAIN_CHARACTERS = 10_000;

// the same blocks and signs as answers are rendered from; escapes stay apart, so that they are found
const parser = new MarkdownIt({ html: false, linkify: false });
parser.use(tex, { delimiters: 'all', mathFence: true, render: () => '' });
parser.disable(['image', 'text_join']);

/** Blocks that are one piece, however many sentences are in them. */
const WHOLE: ReadonlySet<string> = new Set(['fence', 'code_block', 'math_block']);

/**
 * Cuts an answer after each of its sentences. A list item or a heading is cut as any paragraph; a
 * table, a block of code and a formula of its own are one piece each. Marks that close emphasis stay
 * with what they close.
 * @returns pieces that follow each other without a gap from 0 to the length of the text; none for a
 *   blank text
 */
export function sentencesOf(text: string): readonly Span[] {
  const ends = blockEnds(text);
  if (ends.length === 0 && text.trim() !== '') {
    ends.push(text.length);
  }
  return ends.map((end, n) => ({
    start: ends[n - 1] ?? 0,
    // what stands behind the last sentence goes with it
    end: n === ends.length - 1 ? text.length : end,
  }));
}

function blockEnds(text: string): number[] {
  const lines = lineStarts(text);
  const at = (line: number): number => lines[line] ?? text.length;
  const tokens = parser.parse(text, {});
  const ends: number[] = [];
  let skipTo = 0;
  for (const { type, map, nesting, level, children } of tokens) {
    const [from, to] = map === null ? [-1, -1] : [at(map[0]), at(map[1])];
    if (map === null || nesting < 0 || from < skipTo) {
      continue;
    }
    if (level === 0 && to - from > MAX_BLOCK_CHARACTERS) {
      // not spread: a text may have more sentences than a call has arguments
      for (const end of plainEnds(text.slice(from, to), from)) {
        ends.push(end);
      }
      skipTo = to;
    } else if (type === 'table_open' || WHOLE.has(type)) {
      ends.push(trimmedEnd(text, from, to));
      skipTo = to;
    } else if (type === 'inline') {
      ends.push(...inlineEnds(text, { start: from, end: to }, children ?? []));
    }
  }
  return ends;
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n?|\n/g)].map(({ 0: end, index }) => index + end.length)];
}

function plainEnds(text: string, offset: number): number[] {
  const ends: number[] = [];
  for (let from = 0; from < text.length; from += PLAIN_CHARACTERS) {
    const piece = text.slice(from, from + PLAIN_CHARACTERS);
    const starts = sentenceStarts(piece);
    ends.push(
      ...starts.map(
        (_, n) => offset + trimmedEnd(text, from, from + (starts[n + 1] ?? piece.length)),
      ),
    );
  }
  return ends;
}

/** Ends of the sentences of one paragraph, item or heading. */
function inlineEnds(text: string, block: Span, children: readonly Token[]): number[] {
  const { words, places } = wordsOf(text, block, children);
  const starts = sentenceStarts(words);
  return starts.map((_, n) => {
    const next = starts[n + 1];
    if (next === undefined) {
      return trimmedEnd(text, block.start, block.end);
    }
    const last = words.slice(0, next).trimEnd().length - 1;
    let end = (places[last] ?? block.start) + 1;
    // marks that close what ends here; the next sentence begins behind a blank
    while (end < (places[next] ?? block.end) && !/\s/.test(text[end] ?? ' ')) {
      end += 1;
    }
    return end;
  });
}

interface Words {
  /** as they are shown, code and formulas as {@link OPAQUE} */
  readonly words: string;
  /** where each character stands in the text */
  readonly places: readonly number[];
}

function wordsOf(text: string, block: Span, children: readonly Token[]): Words {
  let words = '';
  const places: number[] = [];
  let from = block.start;
  const find = (source: string): number => {
    const at = text.indexOf(source, from);
    return at < 0 || at + source.length > block.end ? from : at;
  };
  for (const { type, content, markup } of children) {
    if (type === 'text') {
      const at = find(content);
      words += content;
      places.push(...Array.from({ length: content.length }, (_, n) => at + n));
      from = Math.min(block.end, at + content.length);
    } else if (type === 'softbreak' || type === 'hardbreak') {
      const found = /\r\n?|\n/.exec(text.slice(from, block.end));
      words += '\n';
      places.push(from + (found?.index ?? 0));
      from += found === null ? 0 : found.index + found[0].length;
    } else if (type === 'text_special') {
      const at = find(markup);
      words += content;
      places.push(...Array.from({ length: content.length }, () => at + markup.length - 1));
      from = at + markup.length;
    } else if (type === 'code_inline' || type === 'math_inline') {
      const opened = find(markup);
      const end = endOfOpaque(text, opened + markup.length, block.end, markup);
      words += OPAQUE;
      places.push(end - 1);
      from = end;
    }
  }
  return { words, places };
}

const CLOSING: Readonly<Record<string, string>> = { '\\(': '\\)', '\\[': '\\]' };

function endOfOpaque(text: string, from: number, limit: number, markup: string): number {
  const closing = CLOSING[markup] ?? markup;
  const at = text.indexOf(closing, from);
  return at < 0 || at + closing.length > limit ? limit : at + closing.length;
}

function trimmedEnd(text: string, from: number, to: number): number {
  return from + text.slice(from, to).trimEnd().length;
}
