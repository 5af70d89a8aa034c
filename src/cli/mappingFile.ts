// `--mapping FILE`: which columns of the datasets hold what.

import { columnMappingSchema } from '../formats/columnMapping';
import { mappedFormat } from '../formats/mappedRows';
import { describeIssues, type RowFormat } from '../formats/rows/rowFormat';
import { AppError } from '../base/errors';
import { readSmallText } from '../node/smallFile';

/** A mapping is written by hand. */
const MAX_BYTES = 1024 * 1024;

/** @throws AppError `USAGE` for what is no mapping, and as reading a file does */
export async function readMapping(path: string | undefined): Promise<RowFormat | undefined> {
  if (path === undefined) {
    return undefined;
  }
  const text = await readSmallText(path, MAX_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('USAGE', `${path}: not JSON: ${(error as Error).message}`);
  }
  const parsed = columnMappingSchema.safeParse(value);
  if (!parsed.success) {
    throw new AppError('USAGE', `${path}: ${describeIssues(parsed.error).replace(/^row: /, '')}`);
  }
  return mappedFormat(parsed.data);
}
