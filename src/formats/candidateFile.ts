// Candidate files (`*.candidates.jsonl`): lines of bytes to samples, with the faults of bad lines.

import type { ErrorCode } from '../base/errors';
import type { FileLine } from '../node/lineReader';
import type { Compat } from '../sample/reward';
import type { RowMapping } from './lists/columnMapping';
import { parseDatasetRow, type RowResult } from './datasetRow';
import type { RowFormat } from './rows/rowFormat';

/**
 * @param mapping names of the row's columns, where something beside the dataset tells them
 * @param mapped reads every row, by columns that a person named; `mapping` is not used then
 * @returns `undefined` for a blank line
 */
export function parseCandidateLine(
  found: FileLine,
  compat: Compat,
  mapping?: RowMapping,
  mapped?: RowFormat,
): RowResult | undefined {
  const { line, bytes, sizeBytes } = found;
  const fail = (code: ErrorCode, message: string): RowResult => ({
    ok: false,
    line,
    id: `line-${line}`,
    candidates: 0,
    error: { code, message, data: { line } },
  });
  if (bytes === undefined) {
    return fail('ROW_TOO_LARGE', `the line has ${sizeBytes} bytes`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('ROW_ENCODING', 'the line is not UTF-8');
  }
  return text.trim() === '' ? undefined : parseDatasetRow(text, line, compat, mapping, mapped);
}

/** True for what {@link parseCandidateLine} leaves out. */
export function isBlank({ bytes }: FileLine): boolean {
  if (bytes === undefined || bytes.some((byte) => byte > 0x20 && byte < 0x7f)) {
    return false;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).trim() === '';
  } catch {
    return false;
  }
}
