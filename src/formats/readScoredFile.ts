// Score sheets read back, whatever their kind: rewards by line of the dataset.

import * as z from 'zod';
import { AppError } from '../base/errors';
import { openFileSource } from '../node/fileSource';
import { isReadOnce } from '../node/folder';
import { readLines, START_BYTES } from '../node/lineReader';
import { identityOf } from '../node/outputPath';
import { mappingBeside } from './lists/mappingBeside';
import { isParquetFile } from './readCandidateFile';
import type { RowFormat } from './rows/rowFormat';
import { isCsvSheet, readCsvSheet } from './sheets/readCsvSheet';
import { readParquetSheet } from './sheets/readParquetSheet';
import type { SheetEntry } from './sheets/scoreSheet';

const rowSchema = z.looseObject({
  id: z.string(),
  file: z.string().optional(),
  line: z.int().positive(),
  rewards: z.array(z.number().nullable()),
  model: z.string().optional(),
});

/** Rewards of one sample as an earlier run wrote them. */
export type ScoredEntry = Omit<SheetEntry, 'file' | 'at'>;

/** The dataset that rewards are wanted for. */
export interface ScoredDataset {
  readonly path: string;
  /** several are exported together: only a row that names its file can be told to be of this one */
  readonly isOneOfSeveral: boolean;
  /** reads its rows, by columns that a person named */
  readonly mapped?: RowFormat | undefined;
}

/** Entries of scored output by line of the dataset. */
export interface ScoredRows {
  /** @param line asked for in ascending order */
  at(line: number): Promise<ScoredEntry | undefined>;
  close(): Promise<void>;
}

/**
 * Checks the whole file. One whose rows stand in the order of the dataset, as `score` writes them, is
 * then read along with the dataset; of any other the entries are kept in memory, where the last one
 * of a line counts.
 * @param dataset rows that name another file are left out; names are compared as paths, relative to
 *   the working folder
 * @throws AppError `ROW_SHAPE` or `ROW_TOO_LARGE` naming the first line that is not scored output,
 *   `USAGE` when a row does not say which of several datasets it is of
 */
export async function openScoredFile(path: string, dataset: ScoredDataset): Promise<ScoredRows> {
  const kept = new Map<number, ScoredEntry>();
  if (!(await isReadOnce(path)) && (await isInOrder(path, dataset))) {
    return new ScoredRowsInOrder(readEntries(path, dataset));
  }
  for await (const entry of readEntries(path, dataset)) {
    kept.set(entry.line, entry);
  }
  return { at: (line) => Promise.resolve(kept.get(line)), close: () => Promise.resolve() };
}

/** Reads no further than it is asked. */
class ScoredRowsInOrder implements ScoredRows {
  #next: ScoredEntry | undefined;

  constructor(readonly entries: AsyncGenerator<ScoredEntry, undefined>) {}

  async at(line: number): Promise<ScoredEntry | undefined> {
    while (this.#next === undefined || this.#next.line < line) {
      const read = await this.entries.next();
      if (read.done === true) {
        return undefined;
      }
      this.#next = read.value;
    }
    return this.#next.line === line ? this.#next : undefined;
  }

  async close(): Promise<void> {
    await this.entries.return(undefined);
  }
}

async function isInOrder(path: string, dataset: ScoredDataset): Promise<boolean> {
  let last = 0;
  for await (const { line } of readEntries(path, dataset)) {
    if (line <= last) {
      return false;
    }
    last = line;
  }
  return true;
}

async function* readEntries(
  path: string,
  dataset: ScoredDataset,
): AsyncGenerator<ScoredEntry, undefined> {
  const own = await identityOf(dataset.path);
  const identities = new Map<string, string>();
  const isOwn = async (file: string): Promise<boolean> => {
    const identity = identities.get(file) ?? (await identityOf(file));
    identities.set(file, identity);
    return identity === own;
  };
  for await (const { file, at, ...entry } of await openEntries(path, dataset)) {
    if (file === undefined && dataset.isOneOfSeveral) {
      throw new AppError(
        'USAGE',
        `${path}:${at}: does not say which dataset it is of: export one dataset at a time`,
      );
    }
    if (file === undefined || (await isOwn(file))) {
      yield entry;
    }
  }
  return undefined;
}

/** By content; what comes from a pipe is JSON Lines. */
async function openEntries(
  path: string,
  { path: dataset, mapped }: ScoredDataset,
): Promise<AsyncGenerator<SheetEntry>> {
  if (await isReadOnce(path)) {
    return readJsonLines(path);
  }
  if (await isParquetFile(path)) {
    // a copy of the dataset may lie where no list names its columns
    return readParquetSheet(path, { mapped, mapping: await mappingBeside(dataset) });
  }
  const source = await openFileSource(path);
  try {
    const start = await source.read(0, Math.min(START_BYTES, source.sizeBytes));
    return isCsvSheet(start) ? readCsvSheet(path) : readJsonLines(path);
  } finally {
    await source.close();
  }
}

async function* readJsonLines(path: string): AsyncGenerator<SheetEntry> {
  for await (const { line, bytes, sizeBytes } of readLines(path)) {
    if (bytes === undefined) {
      throw new AppError('ROW_TOO_LARGE', `${path}:${line}: the line has ${sizeBytes} bytes`, {
        file: path,
        line,
      });
    }
    const text = new TextDecoder().decode(bytes);
    if (text.trim() === '') {
      continue;
    }
    const parsed = rowSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new AppError('ROW_SHAPE', `${path}:${line}: not a line of scored output`, {
        file: path,
        line,
      });
    }
    yield { ...parsed.data, at: line };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
