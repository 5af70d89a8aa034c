// Verdict journals beside datasets.

import fs from 'node:fs';
import { parseDatasetRow } from '../../src/formats/datasetRow';
import { sampleHash } from '../../src/review/sampleHash';

/** A journal beside the dataset: what was decided on its rows, one body each. */
export function writeJournal(
  file: string,
  entries: readonly ({ id: string } & Record<string, unknown>)[],
): void {
  const samples = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, n) => {
      const row = text.trim() === '' ? undefined : parseDatasetRow(text, n + 1, 'safe');
      return row?.ok === true ? [row.sample] : [];
    });
  const lines = entries.map((body, n) => {
    const sample = samples.find(({ id }) => id === body.id);
    const { line } = sample ?? { line: 1 };
    const hash = sample === undefined ? '' : sampleHash(sample);
    const head = { v: 1, uid: `u${n}`, at: '2026-11-24T08:00:00Z', by: 'mira', line };
    return `${JSON.stringify({ ...head, sampleHash: hash, ...body })}\n`;
  });
  fs.writeFileSync(`${file}.review.jsonl`, lines.join(''));
}
