// Streams a dataset row by row: lines, a JSON list, or objects.

import { AppError } from '../base/errors';
import { openFileSource } from '../node/fileSource';
import { isReadOnce } from '../node/folder';
import { readChunks, START_BYTES, type FileLine, type Splitter } from '../node/lineReader';
import type { Compat } from '../sample/reward';
import { parseCandidateLine } from './candidateFile';
import type { RowResult } from './datasetRow';
import { countParquetRows, isParquet, readParquet } from './parquetFile';
import type { RowFormat } from './rows/rowFormat';
import { containerOf, splitterOf, type RowContainer } from './rowContainer';

/**
 * Rows in file order, good and bad; blank lines are left out. The file is read once, so it may be a
 * pipe.
 * @param mapped reads every row, by columns that a person named
 * @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY` or `NOT_A_DATASET`
 */
export async function* readCandidateFile(
  path: string,
  compat: Compat,
  signal?: AbortSignal,
  mapped?: RowFormat,
): AsyncGenerator<RowResult> {
  if (await isParquetFile(path)) {
    yield* readParquetFile(path, compat, signal, mapped);
    return;
  }
  for await (const line of readRows(path, signal)) {
    const row = parseCandidateLine(line, compat, mapped);
    if (row !== undefined) {
      yield row;
    }
  }
}

/**
 * Rows as bytes. A list is numbered by element, as other files are by line.
 * @throws AppError as {@link readCandidateFile} does
 */
export async function* readRows(path: string, signal?: AbortSignal): AsyncGenerator<FileLine> {
  let splitter: Splitter | undefined;
  const recognise = (start: Uint8Array, isAll: boolean): boolean =>
    recogniseStart(path, start, isAll);
  for await (const chunk of readChunks(path, { recognise, signal })) {
    // what could be recognised is in the first piece as a whole
    splitter ??= splitterOf(containerOf(chunk.subarray(0, START_BYTES)), path);
    yield* splitter.push(chunk);
  }
  yield* splitter?.end() ?? [];
}

/**
 * Counts the rows that {@link readCandidateFile} gives, without parsing them.
 * @returns `undefined` for a pipe: what is counted could not be read any more
 */
export async function countCandidateRows(
  path: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  if (await isReadOnce(path)) {
    return undefined;
  }
  if (await isParquetFile(path)) {
    const source = await openFileSource(path);
    try {
      return await countParquetRows(source);
    } finally {
      await source.close();
    }
  }
  let rows = 0;
  for await (const { bytes, sizeBytes } of readRows(path, signal)) {
    rows += sizeBytes > 0 && bytes?.byteLength !== 0 ? 1 : 0; // nearly: it feeds an estimate
  }
  return rows;
}

async function* readParquetFile(
  path: string,
  compat: Compat,
  signal?: AbortSignal,
  mapped?: RowFormat,
): AsyncGenerator<RowResult> {
  const source = await openFileSource(path);
  try {
    yield* readParquet(source, compat, signal, mapped);
  } finally {
    await source.close();
  }
}

/** Parquet describes itself at its end: from a pipe it is not read. */
export async function isParquetFile(path: string): Promise<boolean> {
  if (await isReadOnce(path)) {
    return false;
  }
  const source = await openFileSource(path);
  try {
    return isParquet(await source.read(0, Math.min(source.sizeBytes, MAGIC_BYTES)));
  } finally {
    await source.close();
  }
}

const MAGIC_BYTES = 4;

/** A line that opens an object. Binary files and UTF-16 have NUL bytes about everywhere. */
const OBJECT_LINE = /^\s*\{[^\0\n]*$/m;

/**
 * Looks at the start of a file: text with at least one line that opens a JSON object, or a list of
 * objects.
 * @returns what holds the rows
 * @throws AppError as {@link readCandidateFile} does
 */
export async function requireCandidateFile(path: string): Promise<RowContainer> {
  const source = await openFileSource(path);
  try {
    const start = await source.read(0, Math.min(source.sizeBytes, START_BYTES));
    recogniseStart(path, start, true);
    return containerOf(start);
  } finally {
    await source.close();
  }
}

function recogniseStart(path: string, start: Uint8Array, isAll: boolean): boolean {
  if (isParquet(start)) {
    const message = `${path}: a parquet file is read from the disk by the command line, not in the review editor and not from a pipe`;
    throw new AppError('NOT_A_DATASET', message, { file: path, container: 'parquet' });
  }
  const found =
    containerOf(start) === 'list'
      ? !start.includes(0)
      : OBJECT_LINE.test(new TextDecoder().decode(start));
  if (!found && isAll) {
    throw start.byteLength === 0
      ? new AppError('FILE_EMPTY', `${path}: the file is empty`, { file: path })
      : new AppError('NOT_A_DATASET', `${path}: no JSON rows with prompts and candidates`, {
          file: path,
        });
  }
  return found;
}
