// Markdown of answers to HTML, block by block: long answers are rendered in slices.
//
// What comes out is still to be sanitised. Raw HTML stays text, a picture becomes a link.

import { tex } from '@mdit/plugin-tex';
import hljs from 'highlight.js/lib/common';
import katex from 'katex';
import MarkdownIt, { type Token } from 'markdown-it';
import { MAX_BLOCK_CHARACTERS, PLAIN_CHARACTERS, sentencesOf } from '../../src/sample/sentences';
import { wordCount } from '../words';

/** A paragraph, list, table or the like; what is too long for the parser stays as it was written. */
export type Block =
  | { readonly kind: 'markdown'; readonly tokens: readonly Token[]; readonly words: number }
  | { readonly kind: 'plain'; readonly text: string; readonly words: number };

/** How an answer is dressed up: long or well-formatted answers are not better ones. */
export interface MarkupCounts {
  readonly headings: number;
  readonly lists: number;
  readonly tables: number;
  readonly codeBlocks: number;
  readonly formulas: number;
  readonly bold: number;
}

const MAX_HIGHLIGHTED_CHARACTERS = 20_000;

const ALIGNMENT = /text-align:(left|center|right)/;

function make(rules: string[]): MarkdownIt {
  // links stay as written: an address in running text is not made one
  const md = new MarkdownIt({ html: false, linkify: false, highlight: highlighted });
  md.use(tex, { delimiters: 'all', mathFence: true, render: formula });
  md.disable('image');
  md.core.ruler.enableOnly(rules);
  for (const cell of ['th_open', 'td_open']) {
    md.renderer.rules[cell] = (tokens, at, options, _env, renderer) => {
      const token = tokens[at];
      const side = ALIGNMENT.exec(token?.attrGet('style') ?? '')?.[1];
      if (token !== undefined) {
        // styles are forbidden by the page's policy
        token.attrs = side === undefined ? null : [['class', `align-${side}`]];
      }
      return renderer.renderToken(tokens, at, options);
    };
  }
  return md;
}

/** MathML: drawn by the browser, read by screen readers, without fonts and styles. */
function formula(source: string, displayMode: boolean): string {
  const mathml = mathmlOf(source, displayMode);
  return displayMode ? `<div class="mathblock">${mathml}</div>` : mathml;
}

/** What is no formula stays as it is written. */
function mathmlOf(source: string, displayMode: boolean): string {
  try {
    const mathml = katex.renderToString(source, {
      displayMode,
      output: 'mathml',
      strict: 'ignore',
      trust: false,
      maxExpand: 500,
      maxSize: 20,
    });
    // the page's policy forbids styles; quotes in texts are escaped, so these are attributes
    return mathml.replaceAll(/ style="[^"]*"/g, '');
  } catch (error) {
    if (error instanceof katex.ParseError || error instanceof RangeError) {
      return `<code>${blockParser.utils.escapeHtml(source)}</code>`;
    }
    throw error;
  }
}

function highlighted(code: string, language: string): string {
  return code.length <= MAX_HIGHLIGHTED_CHARACTERS && hljs.getLanguage(language) !== undefined
    ? hljs.highlight(code, { language, ignoreIllegals: true }).value
    : ''; // escaped by the caller
}

const blockParser = make(['normalize', 'block']);
const inlineParser = make(['inline', 'text_join']);

/** An answer, parsed as far as its blocks. */
export class MarkdownText {
  readonly blocks: readonly Block[];
  /** definitions of links, for all blocks */
  readonly #env = {};
  readonly #parsed = new Set<Block>();

  constructor(readonly text: string) {
    const tokens = blockParser.parse(text, this.#env);
    const lines = text.split(/\r\n?|\n/);
    let next = 0;
    // definitions of links are in no block, but the model reads them: they are shown as well
    const upTo = (end: number): Block[] => {
      const rest = lines.slice(next, end).join('\n').trim();
      next = end;
      return plainBlocks(rest);
    };
    this.blocks = [
      ...topLevel(tokens).flatMap((group) => {
        const [start, end] = group[0]?.map ?? [next, next];
        const before = upTo(start);
        next = Math.max(next, end);
        return [...before, ...toBlocks(group, lines)];
      }),
      ...upTo(lines.length),
    ];
  }

  /** HTML of a block, not sanitised. */
  render(block: Block): string {
    return block.kind === 'plain'
      ? plainHtml(block.text)
      : inlineParser.renderer.render(this.#inlined(block), inlineParser.options, this.#env);
  }

  /** Of all blocks that are parsed. */
  count(): MarkupCounts {
    const all = this.blocks.flatMap((block) =>
      block.kind === 'plain' ? [] : this.#inlined(block),
    );
    const types = all.flatMap((token) => [
      token.type,
      ...(token.children ?? []).map(({ type }) => type),
    ]);
    const count = (...wanted: string[]): number =>
      types.filter((type) => wanted.includes(type)).length;
    return {
      headings: count('heading_open'),
      lists: count('bullet_list_open', 'ordered_list_open'),
      tables: count('table_open'),
      codeBlocks: count('fence', 'code_block'),
      formulas: count('math_inline', 'math_block'),
      bold: count('strong_open'),
    };
  }

  /** The block's tokens, down to words and signs. */
  #inlined(block: Extract<Block, { kind: 'markdown' }>): Token[] {
    const tokens = [...block.tokens];
    if (!this.#parsed.has(block)) {
      // the parser writes into the tokens it is given
      this.#parsed.add(block);
      const state = new inlineParser.core.State('', inlineParser, this.#env);
      state.tokens = tokens;
      inlineParser.core.process(state);
    }
    return tokens;
  }
}

/** Groups of tokens that belong to one block of the document. */
function topLevel(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  let group: Token[] = [];
  let depth = 0;
  for (const token of tokens) {
    group.push(token);
    depth += token.nesting;
    if (depth === 0) {
      groups.push(group);
      group = [];
    }
  }
  return group.length === 0 ? groups : [...groups, group];
}

function toBlocks(tokens: readonly Token[], lines: readonly string[]): Block[] {
  const [start, end] = tokens[0]?.map ?? [0, 0];
  const source = lines.slice(start, end).join('\n');
  return source.length > MAX_BLOCK_CHARACTERS
    ? plainBlocks(source)
    : [{ kind: 'markdown', tokens, words: wordCount(source) }];
}

/** Text as it is written. */
export function plainHtml(text: string): string {
  return `<div class="plain">${blockParser.utils.escapeHtml(text)}</div>`;
}

/** Text as it is written, in pieces that are shown one by one. */
export function plainBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < text.length; start += PLAIN_CHARACTERS) {
    const piece = text.slice(start, start + PLAIN_CHARACTERS);
    blocks.push({ kind: 'plain', text: piece, words: wordCount(piece) });
  }
  return blocks;
}

/** Text as it is written, a piece for each of its sentences. */
export function plainSentences(text: string): Block[] {
  return sentencesOf(text).map(({ start, end }) => {
    const piece = text.slice(start, end).replace(/^(?:[ \t]*[\r\n])+/, '');
    return { kind: 'plain', text: piece.trimEnd(), words: wordCount(piece) };
  });
}
