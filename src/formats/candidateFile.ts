// Candidate files (`*.candidates.jsonl`): lines of bytes to samples, with the faults of bad lines.

import type { ErrorCode } from '../base/errors';
import { MAX_LINE_BYTES, type FileLine } from '../node/lineReader';
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
  const { line, offset, bytes, sizeBytes } = found;
  const fail = (code: ErrorCode, message: string): RowResult => ({
    ok: false,
    line,
    id: `line-${line}`,
    candidates: 0,
    error: { code, message, data: { line, offset } },
  });
  if (bytes === undefined) {
    const message = `the row at byte ${offset} has ${sizeBytes} bytes, at most ${MAX_LINE_BYTES} are read`;
    return fail('ROW_TOO_LARGE', message);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('ROW_ENCODING', `the row at byte ${offset} is not UTF-8`);
  }
  if (text.trim() === '') {
    return undefined;
  }
  const result = parseDatasetRow(text, line, compat, mapping, mapped);
  return result.ok || result.error.code !== 'ROW_NOT_JSON'
    ? result
    : fail('ROW_NOT_JSON', atByte(result.error.message, text, offset));
}

/** What JSON.parse says of a place in the row, as a place in the file: rows may go over several lines. */
function atByte(message: string, text: string, offset: number): string {
  const place = / at position (\d+)(?: \(line \d+ column \d+\))?/.exec(message);
  const isCut = message.includes('Unexpected end');
  const read = text.slice(0, place === null ? (isCut ? text.length : 0) : Number(place[1]));
  const byte = offset + new TextEncoder().encode(read).length;
  const what = place === null ? message : message.replace(place[0], '');
  return place === null && !isCut
    ? `${what} (the row begins at byte ${byte})`
    : `${what} at byte ${byte}`;
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
