// The rows of all files that a list names, one file after the other.

import { AppError, encodeError } from '../../base/errors';
import { isFolder, isReadOnce, joinPath, listFolder } from '../../node/folder';
import type { RowResult } from '../datasetRow';
import type { RowMapping } from './columnMapping';
import type { ListedFile } from './listFile';
import { needsCount, sampledCount, sampler } from './sampling';

/** Of a folder. */
const DATA_NAME = /\.(jsonl?|parquet|tar)(\.gz)?$|\.tgz$/i;
const MAX_FILES = 10_000;

/** How the data files are read. */
export interface FileReading {
  /** @throws AppError as reading a candidate file does */
  readonly rows: (path: string, mapping: RowMapping | undefined) => AsyncGenerator<RowResult>;
  /** of exactly the rows that `rows` gives @throws AppError as it does */
  readonly count: (path: string) => Promise<number>;
}

/**
 * Rows are numbered from 1 over all files. A file that is missing or fails is a bad row, and the next
 * one follows. Rows without a domain get the dataset's name for it.
 * @throws AppError `CANCELLED`, `OUTPUT_FAILED`
 */
export async function* readListed(
  files: readonly ListedFile[],
  reading: FileReading,
): AsyncGenerator<RowResult> {
  let line = 0;
  for (const file of files) {
    try {
      for await (const row of rowsOf(file, reading)) {
        line += 1;
        yield placed(row, file, line);
      }
    } catch (error) {
      if (!(error instanceof AppError) || !isFileFault(error)) {
        throw error;
      }
      line += 1;
      yield {
        ok: false,
        line,
        id: `line-${line}`,
        candidates: 0,
        error: { ...encodeError(error), data: { ...error.data, line } },
      };
    }
  }
}

/** @throws AppError as {@link readListed} does */
export async function countListed(
  files: readonly ListedFile[],
  count: FileReading['count'],
): Promise<number> {
  let rows = 0;
  for (const file of files) {
    try {
      rows += await countOf(file, count);
    } catch (error) {
      if (!(error instanceof AppError) || !isFileFault(error)) {
        throw error;
      }
      rows += 1;
    }
  }
  return rows;
}

async function countOf(file: ListedFile, count: FileReading['count']): Promise<number> {
  const { sampling } = file;
  const rows = await countAll(await pathsOf(file), count);
  return sampling === undefined ? rows : sampledCount(sampling, rows);
}

async function countAll(paths: readonly string[], count: FileReading['count']): Promise<number> {
  let rows = 0;
  for (const path of paths) {
    rows += await count(path);
  }
  return rows;
}

async function* rowsOf(file: ListedFile, reading: FileReading): AsyncGenerator<RowResult> {
  const { sampling, mapping } = file;
  const paths = await pathsOf(file);
  const count =
    sampling !== undefined && needsCount(sampling)
      ? await countAll(paths, reading.count)
      : Number.MAX_SAFE_INTEGER;
  const isTaken = sampling === undefined ? () => true : sampler(sampling, count, seedOf(file));
  let index = 0;
  for (const path of paths) {
    for await (const row of reading.rows(path, mapping)) {
      if (isTaken(index)) {
        yield row;
      } else if (sampling?.from === 'first') {
        return; // none of the others either
      }
      index += 1;
    }
  }
}

/** The file, or those of a folder. @throws AppError `FILE_UNREADABLE` */
export async function pathsOf({ path }: ListedFile): Promise<readonly string[]> {
  if (await isReadOnce(path)) {
    throw new AppError('FILE_UNREADABLE', `${path}: a pipe or a device`, { file: path });
  }
  if (!(await isFolder(path))) {
    return [path];
  }
  const names = (await listFolder(path)).filter((name) => DATA_NAME.test(name));
  if (names.length > MAX_FILES) {
    const message = `${path}: more than ${MAX_FILES} files`;
    throw new AppError('FILE_UNREADABLE', message, { file: path });
  }
  return names.map((name) => joinPath(path, name));
}

/** Read as bad rows: the other files of the list are usable. */
function isFileFault({ code }: AppError): boolean {
  return code.startsWith('FILE_') || code === 'NOT_A_DATASET' || code === 'ROW_NOT_JSON';
}

function placed(row: RowResult, { written, name }: ListedFile, line: number): RowResult {
  if (!row.ok) {
    const { message, ...error } = row.error;
    return {
      ...row,
      line,
      id: row.id === `line-${row.line}` ? `line-${line}` : row.id,
      error: {
        ...error,
        message: `${written}:${row.line}: ${message}`,
        data: { ...error.data, line },
      },
    };
  }
  const { sample } = row;
  const domain = sample.domain ?? name;
  return {
    ...row,
    sample: {
      ...sample,
      line,
      id: sample.id === `line-${sample.line}` ? `line-${line}` : sample.id,
      ...(domain === undefined ? {} : { domain }),
    },
  };
}

/** Without the folder, so that a moved dataset gives the same rows. */
function seedOf({ written, sampling }: ListedFile): string {
  return JSON.stringify([written, sampling?.amount, sampling?.isPercent]);
}
