import { expect, test } from 'vitest';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import { parsePastedAnswers, pastedRow } from '../../../src/formats/pastedAnswers';

const texts = (pasted: string): string[] => parsePastedAnswers(pasted).map(({ text }) => text);

test('texts between lines of dashes; indents and inner lines stay', () => {
  expect(texts('One.\n\nTwo lines.\n---\n  - a list\n  - more\r\n-----  \r\n\r\nLast.\n')).toEqual([
    'One.\n\nTwo lines.',
    '  - a list\n  - more',
    'Last.',
  ]);
  expect(texts('a --- b')).toEqual(['a --- b']);
  expect(texts('| a |\n|---|\n| 1 |')).toEqual(['| a |\n|---|\n| 1 |']);
  expect(texts(' \n---\n\n---\n')).toEqual([]);
});

test('a JSON array of texts, or of texts with sources', () => {
  expect(parsePastedAnswers('["One.", {"text": "Two.", "source": "m", "more": 1}, " "]')).toEqual([
    { text: 'One.' },
    { text: 'Two.', source: 'm' },
  ]);
});

test('other JSON is a text like any other', () => {
  for (const pasted of ['[1, 2]', '{"text": "a"}', '[{"answer": "a"}]', '"quoted"', '[']) {
    expect(texts(pasted)).toEqual([pasted]);
  }
});

test('the row is one that is read back', () => {
  const about = { isVideo: false, prompt: 'Why?\n"x"', candidates: [{ text: 'a', source: 'm' }] };
  const row = parseDatasetRow(pastedRow('img/fish.v2.png', about).trim(), 1, 'safe');
  expect(row).toMatchObject({
    ok: true,
    sample: {
      id: 'fish.v2',
      images: ['img/fish.v2.png'],
      messages: [{ role: 'user', content: 'Why?\n"x"' }],
      candidates: [{ text: 'a', source: 'm' }],
    },
  });
  expect(JSON.parse(pastedRow('clip.mp4', { ...about, isVideo: true }))).toMatchObject({
    id: 'clip',
    videos: ['clip.mp4'],
  });
});
