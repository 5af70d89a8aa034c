// Streams a candidate file row by row.

import { AppError } from '../base/errors';
import { openFileSource } from '../node/fileSource';
import { isReadOnce } from '../node/folder';
import { readLines, START_BYTES, type Recognise } from '../node/lineReader';
import type { Compat } from '../sample/reward';
import { parseCandidateLine } from './candidateFile';
import type { RowResult } from './candidateRow';

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
  for await (const line of readLines(path, { recognise: candidateStart(path), signal })) {
    const row = parseCandidateLine(line, compat);
    if (row !== undefined) {
      yield row;
    }
  }
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
  for await (const { bytes, sizeBytes } of readLines(path, { signal })) {
    rows += sizeBytes > 0 && bytes?.byteLength !== 0 ? 1 : 0; // nearly: it feeds an estimate
  }
  return rows;
}

/** A line that opens an object. Binary files and UTF-16 have NUL bytes about everywhere. */
const OBJECT_LINE = /^\s*\{[^\0\n]*$/m;

/**
 * Looks at the start of a file: text with at least one line that opens a JSON object.
 * @throws AppError as {@link readCandidateFile} does
 */
export async function requireCandidateFile(path: string): Promise<void> {
  const source = await openFileSource(path);
  try {
    const start = await source.read(0, Math.min(source.sizeBytes, START_BYTES));
    candidateStart(path)(start, true);
  } finally {
    await source.close();
  }
}

function candidateStart(path: string): Recognise {
  return (start, isAll) => {
    const found = OBJECT_LINE.test(new TextDecoder().decode(start));
    if (!found && isAll) {
      throw start.byteLength === 0
        ? new AppError('FILE_EMPTY', `${path}: the file is empty`, { file: path })
        : new AppError('NOT_A_DATASET', `${path}: no JSON Lines with prompts and candidates`, {
            file: path,
          });
    }
    return found;
  };
}
