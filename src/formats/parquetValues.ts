// Values of parquet columns as JSON has them: bytes become text or a picture, large numbers text.

import { onePiece, type MediaHold } from '../node/heldMedia';
import { endingOf, mediaTypeOf } from '../node/mediaKind';
import type { Row } from './rows/rowFormat';

/** Pictures and videos become files of `hold`. @throws AppError as {@link MediaHold.keep} does */
export async function plainRow(
  row: Readonly<Record<string, unknown>>,
  hold: MediaHold,
): Promise<Row> {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    plain[key] = await plainValue(value, hold);
  }
  return plain;
}

async function plainValue(value: unknown, hold: MediaHold): Promise<unknown> {
  if (value instanceof Uint8Array) {
    return fromBytes(value, hold);
  }
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    for (const each of value) {
      list.push(await plainValue(each, hold));
    }
    return list;
  }
  return typeof value === 'object' && value !== null
    ? plainRow(value as Readonly<Record<string, unknown>>, hold)
    : (value ?? null);
}

/** Some writers leave texts unmarked, so that they look like bytes. */
async function fromBytes(bytes: Uint8Array, hold: MediaHold): Promise<string> {
  const type = mediaTypeOf(bytes);
  // "BM" begins texts, too
  if (type === undefined || type === 'image/bmp') {
    const words = decoded(bytes);
    if (words !== undefined) {
      return words;
    }
  }
  return type === undefined
    ? `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`
    : hold.keep(onePiece(bytes), endingOf(type));
}

/** @returns `undefined` for what is not UTF-8 */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    const words = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return words.includes('\0') ? undefined : words;
  } catch {
    return undefined;
  }
}
