// Markdown to HTML, hidden characters, and words that another answer lacks. Drawing them: test/ui/texts.spec.ts.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentencesOf } from '../../../src/sample/sentences';
import { partsOf } from '../../../webview/text/hiddenCharacters';
import { MarkdownText } from '../../../webview/text/markdown';
import { missingFrom, wordsOf } from '../../../webview/text/wordMarks';
import { HOSTILE } from '../../ui/hostileTexts';

function html(text: string): string {
  const markdown = new MarkdownText(text);
  return markdown.blocks.map((block) => markdown.render(block)).join('');
}

test('raw HTML stays text, pictures become links, scripts no links at all', () => {
  expect(html('<b onclick="x">a</b>')).toBe('<p>&lt;b onclick=&quot;x&quot;&gt;a&lt;/b&gt;</p>\n');
  expect(html('![a](https://x.y/c.png)')).toBe('<p>!<a href="https://x.y/c.png">a</a></p>\n');
  expect(html('[a](javascript:b)')).not.toContain('href');
});

test('formulas: dollars and brackets, but not prices', () => {
  expect(html('It costs $5 to $10.')).toBe('<p>It costs $5 to $10.</p>\n');
  expect(html('\\(x\\)')).toContain('<mi>x</mi>');
  expect(html('$x$')).toContain('<mi>x</mi>');
  expect(html('\\[\nx\n\\]')).toContain('display="block"');
  // what is none stays as it is written
  expect(html('$\\frac{1$')).toContain('<code>\\frac{1</code>');
});

test('a block is rendered twice the same, and counted once', () => {
  const markdown = new MarkdownText(
    '# A\n\n**b** **c** $x$\n\n- d\n\n1. e\n\n```\nf\n```\n\n|g|\n|-|',
  );
  const once = markdown.blocks.map((block) => markdown.render(block));
  expect(markdown.blocks.map((block) => markdown.render(block))).toEqual(once);
  expect(markdown.count()).toEqual({
    headings: 1,
    lists: 2,
    tables: 1,
    codeBlocks: 1,
    formulas: 1,
    bold: 2,
  });
});

test('links find their definition in another block', () => {
  expect(html('[a][r]\n\nb\n\n[r]: https://x.y')).toContain('<a href="https://x.y">a</a>');
});

test('definitions of links are shown where they stand: the model reads them as well', () => {
  const found = html('[r]: https://x.y\n[s]: z\n\nfirst [a][r]\n\n[t]: https://t.u "title"');
  expect(found).toBe(
    '<div class="plain">[r]: https://x.y\n[s]: z</div>' +
      '<p>first <a href="https://x.y">a</a></p>\n' +
      '<div class="plain">[t]: https://t.u &quot;title&quot;</div>',
  );
});

test('a block that is too long for the parser is kept as it is, in pieces', () => {
  const { blocks } = new MarkdownText(`short\n\n${'*'.repeat(1_000_000)}`);
  expect(blocks[0]?.kind).toBe('markdown');
  expect(blocks).toHaveLength(101);
  expect(blocks.slice(1).every(({ kind }) => kind === 'plain')).toBe(true);
});

test('hostile texts: tags and attributes are the renderer’s own', () => {
  const tagName =
    /^(?:a|blockquote|br|code|em|h[1-6]|hr|li|ol|p|pre|s|strong|table|tbody|td|th|thead|tr|ul|div|span|math|semantics|annotation|none|m[a-z]+)$/;
  const never = /^(?:on.*|style|id|src|srcset|action|ping|name)$/;
  for (const text of HOSTILE) {
    for (const [, name = '', attributes = ''] of html(text).matchAll(/<\/?([^\s>/]+)([^>]*)>/g)) {
      expect(name).toMatch(tagName);
      for (const [, attribute = '', value = ''] of attributes.matchAll(/([\w-]+)="([^"]*)"/g)) {
        expect(attribute).not.toMatch(never);
        expect(value).not.toMatch(/^\s*(?:javascript|vbscript|data):/i);
      }
    }
  }
});

test('hidden characters are named where they are out of place', () => {
  expect(partsOf('a\u202eb')).toEqual([
    { text: 'a', hidden: false },
    { text: 'RLO', hidden: true },
    { text: 'b', hidden: false },
  ]);
  expect(partsOf('a\u200db').map(({ text }) => text)).toEqual(['a', 'ZWJ', 'b']);
  expect(partsOf('👩‍👩‍👧‍👦')).toHaveLength(1);
  expect(partsOf('\u{E0041}')).toEqual([{ text: 'U+E0041', hidden: true }]);
  expect(partsOf('plain\ttext\n')).toEqual([{ text: 'plain\ttext\n', hidden: false }]);
});

test('words: numbers and abbreviations are whole, signs stand alone', () => {
  expect(wordsOf('It’s 4.50, e.g. (a+b)!').map(({ word }) => word)).toEqual([
    'It’s',
    '4.50',
    ',',
    'e.g',
    '.',
    '(',
    'a',
    '+',
    'b',
    ')!',
  ]);
});

test('marks: what is not marked is, in order, in the base', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  fc.assert(
    fc.property(fc.array(word), fc.array(word), (base, own) => {
      const marked = new Set<number>();
      for (const { start, end } of missingFrom(base, own)) {
        expect(start).toBeLessThanOrEqual(end);
        expect(marked.has(start - 1)).toBe(false); // runs do not touch
        for (let at = start; at <= end; at += 1) {
          marked.add(at);
        }
      }
      let next = 0;
      for (const [at, value] of own.entries()) {
        if (!marked.has(at)) {
          next = base.indexOf(value, next) + 1;
          expect(next).toBeGreaterThan(0);
        }
      }
    }),
    { seed: 6, numRuns: 500 },
  );
});

test('marks: nothing in equal texts, all in foreign ones, and no order in very different ones', () => {
  expect(missingFrom(['a', 'b'], ['a', 'b'])).toEqual([]);
  expect(missingFrom(['a'], ['x', 'y'])).toEqual([{ start: 0, end: 1 }]);
  const base = Array.from({ length: 3000 }, (_, n) => `b${n}`);
  const own = [...Array.from({ length: 3000 }, (_, n) => `o${n}`), 'b7'];
  expect(missingFrom(base, own)).toEqual([{ start: 0, end: 2999 }]);
});

test('answers of a million characters are compared and cut, however many words they have', () => {
  const many = Array.from({ length: 300_000 }, (_, n) => (n % 2 === 0 ? '$' : 'a'));
  expect(missingFrom(many, [...many, 'b'])).toEqual([{ start: many.length, end: many.length }]);
  const sentences = sentencesOf('Ab. '.repeat(250_000));
  expect(sentences.length).toBeGreaterThan(200_000);
  expect(sentences.at(-1)?.end).toBe(1_000_000);
});
