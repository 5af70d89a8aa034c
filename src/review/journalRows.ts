// Finds the rows of a dataset that a journal is about.

import { parseCandidateLine } from '../formats/candidateFile';
import { datasetKind } from '../formats/datasetKind';
import type { RowResult } from '../formats/datasetRow';
import { mappingBeside } from '../formats/lists/mappingBeside';
import { readCandidateFile, readRows } from '../formats/readCandidateFile';
import type { RowFormat } from '../formats/rows/rowFormat';
import type { Sample } from '../sample/sample';
import type { JournalEntry } from '../sample/verdict';
import type { Dataset } from './dataset';
import type { RowReaders } from './journalPlaces';
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
  for (const { id, line } of entries) {
    if (rows.get(id)?.has(line) !== true) {
      const row = dataset.rowAt(line);
      const found = row === undefined ? undefined : await dataset.row(row);
      if (found?.ok === true && found.sample.id === id) {
        addRow(rows, found.sample, sampleHash(found.sample));
      }
    }
  }
  await findMovedRows(() => rowsOf(dataset), entries, rows);
  return rows;
}

/**
 * Reads the rows of a file that is read from start to end.
 * @param mapped reads the rows, by columns that a person named
 */
export function rowReaders(path: string, mapped?: RowFormat): RowReaders {
  return {
    some: (isWanted, last) => rowsOnLines(path, isWanted, last, mapped),
    all: () => readCandidateFile(path, 'safe', undefined, mapped),
  };
}

async function* rowsOf(dataset: Dataset): AsyncGenerator<RowResult> {
  for await (const [, row] of dataset.rows()) {
    yield row;
  }
}

/** Rows on some lines, and perhaps others. Of a text file only those are parsed. */
async function* rowsOnLines(
  path: string,
  isWanted: (line: number) => boolean,
  last: number,
  mapped: RowFormat | undefined,
): AsyncGenerator<RowResult> {
  if ((await datasetKind(path)) !== 'rows') {
    for await (const row of readCandidateFile(path, 'safe', undefined, mapped)) {
      if ((row.ok ? row.sample.line : row.line) > last) {
        break;
      }
      yield row;
    }
    return;
  }
  const mapping = await mappingBeside(path);
  for await (const found of readRows(path)) {
    if (found.line > last) {
      break;
    }
    const row = isWanted(found.line)
      ? parseCandidateLine(found, 'safe', mapping, mapped)
      : undefined;
    if (row !== undefined) {
      yield row;
    }
  }
}

/** Adds all rows of the ids that have an entry whose content is not on its line. */
async function findMovedRows(
  readAll: () => AsyncGenerator<RowResult>,
  entries: readonly JournalEntry[],
  rows: JournalRows,
): Promise<void> {
  const moved = new Set(
    entries.flatMap(({ id, line, sampleHash: judged }) =>
      rows.get(id)?.get(line) === judged ? [] : [id],
    ),
  );
  if (moved.size > 0) {
    for await (const row of readAll()) {
      if (row.ok && moved.has(row.sample.id)) {
        addRow(rows, row.sample, sampleHash(row.sample));
      }
    }
  }
}
