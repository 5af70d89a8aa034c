import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentencesOf } from '../../../src/sample/sentences';

const pieces = (text: string): string[] =>
  sentencesOf(text).map(({ start, end }) => text.slice(start, end).trim());

test('an answer is cut after its sentences, and closing marks stay with theirs', () => {
  expect(pieces('A dog. **It runs.** “It barks.” Then [it sleeps.](http://a.b) Done')).toEqual([
    'A dog.',
    '**It runs.**',
    '“It barks.”',
    'Then [it sleeps.](http://a.b)',
    'Done',
  ]);
  expect(pieces('It costs 1.50, e.g. for three. Use `a. B` now. \\*So\\* &amp; done.')).toEqual([
    'It costs 1.50, e.g. for three.',
    'Use `a. B` now.',
    '\\*So\\* &amp; done.',
  ]);
});

test('items and headings are cut as paragraphs; code, tables and formulas are one piece', () => {
  const text = [
    '# Two things',
    '',
    '1. A cat. It sits.',
    '   - a tail',
    '2. A mat',
    '',
    '```js',
    'one(); // A. B.',
    '```',
    '',
    '| a | b |',
    '|---|---|',
    '| C. D. | e |',
    '',
    '$$',
    'x. Y',
    '$$',
    'The end.',
  ].join('\r\n');
  expect(pieces(text).map((piece) => piece.split('\r\n')[0])).toEqual([
    '# Two things',
    '1. A cat.',
    'It sits.',
    '- a tail',
    '2. A mat',
    '```js',
    '| a | b |',
    '$$',
    'The end.',
  ]);
});

test('pieces cover every text without a gap', () => {
  const parts = [
    'A b. ',
    'C! ',
    '\n',
    '\n\n',
    '- ',
    '**',
    '`',
    '$',
    '```\n',
    '> ',
    '&amp;',
    '\\*',
    '| ',
    '# ',
    '三。',
    '1. ',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 40 }), (chosen) => {
      const text = chosen.join('');
      const found = sentencesOf(text);
      expect(found.length === 0).toBe(text.trim() === '');
      expect(found.map(({ start, end }) => text.slice(start, end)).join('')).toBe(
        found.length === 0 ? '' : text,
      );
      for (const { start, end } of found) {
        expect(end).toBeGreaterThan(start);
      }
    }),
    { numRuns: 500 },
  );
});

test('a text that is too long to parse, and an empty one', () => {
  const long = 'A sentence of some length. '.repeat(1000);
  expect(sentencesOf(long).length).toBeGreaterThan(990);
  expect(sentencesOf(' \n ')).toEqual([]);
});
