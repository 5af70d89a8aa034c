// Every format's files, byte for byte.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { EXPORT_FORMATS } from '../../../src/formats/exportFormats';
import { exportPairs } from '../../../src/review/pairExport';
import { FIXTURES, tempFolder } from '../../support/paths';

const ROWS = [
  {
    id: 'kettle-1',
    prompt: 'What is on the stove?',
    images: ['media/tile.png'],
    candidates: [
      { text: 'A steel “kettle”.\n\nIt is hot. 🫖', source: 'model-a' },
      { text: 'Two cats.', source: 'model-b' },
      'Nothing.',
    ],
    domain: 'vqa',
  },
  {
    id: 'pair-2',
    messages: [
      { role: 'system', content: 'Answer briefly.' },
      { role: 'user', content: 'Image1 <ImageHere>; Image2 <ImageHere>; Which is darker?' },
    ],
    images: ['media/tile.png', 'media/tile_b.png'],
    candidates: ['The first.', 'The second.'],
  },
  { id: 'clip-3', prompt: 'Does it boil?', videos: ['media/k.mp4'], candidates: ['Yes.', 'No.'] },
  { id: 'text-4', prompt: 'Name a primary colour.', candidates: ['Red.', 'Beige.'] },
  { id: 'tied-5', prompt: 'Name another.', candidates: ['Blue.', 'Yellow.'] },
];
const REWARDS = [
  [3.25, -1.5, 0.125],
  [1.75, 0.5],
  [2, 1],
  [0.5, 2.25],
  [1, 1],
];

test.each(EXPORT_FORMATS)('%s', async (format) => {
  const folder = tempFolder();
  const dataset = path.join(folder, 'demo.candidates.jsonl');
  const scoredFile = path.join(folder, 'scored.jsonl');
  const jsonLines = (rows: readonly object[]): string =>
    rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  fs.writeFileSync(dataset, jsonLines(ROWS));
  fs.writeFileSync(
    scoredFile,
    jsonLines(
      ROWS.map(({ id }, n) => ({ id, line: n + 1, rewards: REWARDS[n], model: 'ixc:int8:9f2c' })),
    ),
  );
  const out = path.join(folder, 'out', 'pairs.jsonl');
  const report = await exportPairs({
    datasets: [{ path: dataset, mediaRoot: folder, source: { from: 'rewards', scoredFile } }],
    format,
    policy: 'best-rest',
    out,
  });
  expect(report.tied).toBe(1);
  const files = fs.statSync(out).isFile()
    ? [out]
    : fs.readdirSync(out).map((name) => path.join(out, name));
  for (const file of files) {
    const kept = path.join(FIXTURES, 'exports', format, path.basename(file));
    await expect(fs.readFileSync(file, 'utf8')).toMatchFileSnapshot(kept);
  }
  expect(fs.readdirSync(path.join(FIXTURES, 'exports', format)).sort()).toEqual(
    files.map((file) => path.basename(file)).sort(),
  );
});
