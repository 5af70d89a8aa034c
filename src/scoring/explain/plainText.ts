// The words of a markdown text.

import { tex } from '@mdit/plugin-tex';
import MarkdownIt, { type Token } from 'markdown-it';

// the same signs as answers are rendered from
const parser = new MarkdownIt({ html: false, linkify: false });
parser.use(tex, { delimiters: 'all', mathFence: true, render: () => '' });
parser.disable('image');

/** Tokens that a text without markdown has, too. */
const PLAIN: ReadonlySet<string> = new Set([
  'paragraph_open',
  'paragraph_close',
  'inline',
  'text',
  'softbreak',
]);

/**
 * The text without its markdown: no marks of headings, lists, tables, emphasis, code and formulas;
 * what they hold stays.
 * @returns `undefined` when there is none in it
 */
export function plainText(text: string): string | undefined {
  const tokens = parser.parse(text, {});
  const all = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  if (all.every(({ type }) => PLAIN.has(type))) {
    return undefined;
  }
  const blocks: string[] = [];
  let cells: string[] | undefined;
  for (const { type, content, children } of tokens) {
    if (type === 'tr_open') {
      cells = [];
    } else if (type === 'tr_close') {
      blocks.push((cells ?? []).join(' '));
      cells = undefined;
    } else if (type === 'inline') {
      (cells ?? blocks).push(inlineText(children ?? []));
    } else if (type === 'fence' || type === 'code_block' || type === 'math_block') {
      blocks.push(content.trimEnd());
    }
  }
  return blocks.filter((block) => block !== '').join('\n');
}

function inlineText(children: readonly Token[]): string {
  return children
    .map(({ type, content }) => (type === 'softbreak' || type === 'hardbreak' ? '\n' : content))
    .join('');
}
