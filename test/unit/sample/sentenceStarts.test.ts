import { expect, test } from 'vitest';
import { sentenceStarts } from '../../../src/sample/sentenceStarts';

const sentences = (text: string): string[] => {
  const starts = sentenceStarts(text);
  return starts.map((start, n) => text.slice(start, starts[n + 1] ?? text.length).trim());
};

test('a text is cut into its sentences, whatever stands between them', () => {
  expect(sentences('  Two shapes. One is red!\nIs the other  blue?  ')).toEqual([
    'Two shapes.',
    'One is red!',
    'Is the other  blue?',
  ]);
  expect(sentences('三个苹果。两个梨。')).toEqual(['三个苹果。', '两个梨。']);
  expect(sentences(' \n ')).toEqual([]);
});

test('numbers and "e.g." do not end one', () => {
  expect(sentences('It costs 1.50, e.g. for three. Not more.')).toEqual([
    'It costs 1.50, e.g. for three.',
    'Not more.',
  ]);
});
