// Streams a candidate file row by row.

import { AppError } from '../base/errors';
import { openFileSource } from '../node/fileSource';
import { readLines } from '../node/lineReader';
import type { Compat } from '../sample/reward';
import { parseCandidateLine } from './candidateFile';
import type { RowResult } from './candidateRow';

/** How much of a file is looked at to tell what it is. */
const SNIFF_BYTES = 64 * 1024;

/**
 * Rows in file order, good and bad; blank lines are left out.
 * @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY` or `NOT_A_DATASET`
 */
export async function* readCandidateFile(
  path: string,
  compat: Compat,
  signal?: AbortSignal,
): AsyncGenerator<RowResult> {
  await requireCandidateFile(path);
  for await (const line of readLines(path, { signal })) {
    const row = parseCandidateLine(line, compat);
    if (row !== undefined) {
      yield row;
    }
  }
}

/** Counts the rows that {@link readCandidateFile} gives, without parsing them. */
export async function countCandidateRows(path: string, signal?: AbortSignal): Promise<number> {
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
    if (source.sizeBytes === 0) {
      throw new AppError('FILE_EMPTY', `${path}: the file is empty`, { file: path });
    }
    const start = await source.read(0, Math.min(source.sizeBytes, SNIFF_BYTES));
    const text = new TextDecoder().decode(start);
    if (!OBJECT_LINE.test(text)) {
      throw new AppError('NOT_A_DATASET', `${path}: no JSON Lines with prompts and candidates`, {
        file: path,
      });
    }
  } finally {
    await source.close();
  }
}
