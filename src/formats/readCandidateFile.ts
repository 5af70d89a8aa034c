// Streams a dataset row by row: lines, a JSON list, or objects.

import { AppError } from '../base/errors';
import { openFileSource } from '../node/fileSource';
import { isReadOnce } from '../node/folder';
import { readChunks, START_BYTES, type FileLine, type Splitter } from '../node/lineReader';
import type { Compat } from '../sample/reward';
import { parseCandidateLine } from './candidateFile';
import type { RowResult } from './datasetRow';
import { containerOf, splitterOf, type RowContainer } from './rowContainer';

/**
 * Rows in file order, good and bad; blank lines are left out. The file is read once, so it may be a
 * pipe.
 * @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY` or `NOT_A_DATASET`
 */
export async function* readCandidateFile(
  path: string,
  compat: Compat,
  signal?: AbortSignal,
): AsyncGenerator<RowResult> {
  for await (const line of readRows(path, signal)) {
    const row = parseCandidateLine(line, compat);
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
  let rows = 0;
  for await (const { bytes, sizeBytes } of readRows(path, signal)) {
    rows += sizeBytes > 0 && bytes?.byteLength !== 0 ? 1 : 0; // nearly: it feeds an estimate
  }
  return rows;
}

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
