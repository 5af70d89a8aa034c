// Values of parquet columns as JSON has them: bytes become text or a picture, large numbers text.

import type { Row } from './rows/rowFormat';

/** First bytes of a file by its kind, and where they stand. */
const KINDS = [
  ['image/png', 0, '\x89PNG'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/bmp', 0, 'BM'],
  ['video/mp4', 4, 'ftyp'],
  ['video/webm', 0, '\x1aE\xdf\xa3'],
] as const;

export function plainRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)]));
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return fromBytes(value);
  }
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return typeof value === 'object' && value !== null
    ? plainRow(value as Readonly<Record<string, unknown>>)
    : (value ?? null);
}

/** Some writers leave texts unmarked, so that they look like bytes. */
function fromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = buffer.toString('latin1', 0, 16);
  const kind = KINDS.find(([, at, words]) => start.startsWith(words, at))?.[0];
  // "BM" begins texts, too
  if (kind === undefined || kind === 'image/bmp') {
    const words = decoded(buffer);
    if (words !== undefined) {
      return words;
    }
  }
  return `data:${kind ?? 'application/octet-stream'};base64,${buffer.toString('base64')}`;
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
