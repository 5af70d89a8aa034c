// Finds the rows of a dataset that a journal is about.

import { readCandidateFile } from '../formats/readCandidateFile';
import type { Sample } from '../sample/sample';
import type { JournalEntry } from '../sample/verdict';
import type { Dataset } from './dataset';
import { sampleHash } from './sampleHash';

/** Content hash by line, by id of the rows. */
export type JournalRows = Map<string, Map<number, string>>;

export function addRow(rows: JournalRows, { id, line }: Sample, hash: string): void {
  const lines = rows.get(id) ?? new Map<number, string>();
  rows.set(id, lines.set(line, hash));
}

/**
 * Looks where the entries point. Only for ids with an entry that does not find its content there is
 * the whole file searched: such an id comes with all its rows, the others with those that entries
 * name, which is all their verdicts depend on.
 * @throws AppError as reading a candidate file does
 */
export async function findJournalRows(
  dataset: Dataset,
  entries: readonly JournalEntry[],
): Promise<JournalRows> {
  const rows: JournalRows = new Map();
  const lost = new Set<string>();
  for (const { id, line, sampleHash: judged } of entries) {
    if (rows.get(id)?.has(line) !== true) {
      const row = dataset.rowAt(line);
      const found = row === undefined ? undefined : await dataset.row(row);
      if (found?.ok === true && found.sample.id === id) {
        addRow(rows, found.sample, sampleHash(found.sample));
      }
    }
    if (rows.get(id)?.get(line) !== judged) {
      lost.add(id);
    }
  }
  if (lost.size > 0) {
    for await (const row of readCandidateFile(dataset.path, 'safe')) {
      if (row.ok && lost.has(row.sample.id)) {
        addRow(rows, row.sample, sampleHash(row.sample));
      }
    }
  }
  return rows;
}
