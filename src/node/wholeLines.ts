// Files of lines that a crash may have left in the middle of one.

import { truncate } from 'node:fs/promises';
import { toFileError } from './fileSource';
import { fileSizeBytes } from './folder';
import { readLines } from './lineReader';

/** Lines ended by a newline; a last one cut short does not count. @returns `undefined` without a file */
export async function countWholeLines(path: string): Promise<number | undefined> {
  if ((await fileSizeBytes(path)) === undefined) {
    return undefined;
  }
  let lines = 0;
  for await (const { ended } of readLines(path)) {
    lines += ended ? 1 : 0;
  }
  return lines;
}

/** Cuts off everything after the first `count` whole lines. @throws AppError `FILE_UNREADABLE` */
export async function keepLines(path: string, count: number): Promise<void> {
  let end = 0;
  for await (const { line, offset, sizeBytes, ended } of readLines(path)) {
    if (line > count || !ended) {
      break;
    }
    end = offset + sizeBytes + 1;
  }
  await truncate(path, end).catch((error: unknown) => {
    throw toFileError(path, error);
  });
}
