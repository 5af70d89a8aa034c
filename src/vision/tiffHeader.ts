// The first directory of a TIFF file (TIFF 6.0, BigTIFF): size, turn, and how pixels are kept.

import type { ByteSource } from '../base/byteSource';
import { unsupportedImage, type PixelSize } from './mediaFaults';

/** Which way the pixels go to RGB. */
export type TiffLayout =
  'colours' | 'premultiplied' | 'inks' | 'deepInks' | 'deepGray' | 'deepGrayInverted';

export interface TiffHeader {
  /** as shown: orientations 5 to 8 swap the sides */
  readonly size: PixelSize;
  readonly layout: TiffLayout;
}

const WIDTH = 256;
const HEIGHT = 257;
const BITS = 258;
const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const FILL_ORDER = 266;
const ORIENTATION = 274;
const SAMPLES = 277;
const PLANAR = 284;
const EXTRA_SAMPLES = 338;
const SAMPLE_FORMAT = 339;

/** Bytes per value of the field types that hold whole numbers: bytes, shorts, longs, BigTIFF longs. */
const NUMBER_BYTES: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 1: 1, 3: 2, 4: 4, 16: 8 };

const MAX_ENTRIES = 4096;
const MAX_VALUES = 16;

/** none, Huffman, fax 3 and 4, LZW, JPEG, Deflate (two numbers), PackBits */
const COMPRESSIONS = [1, 2, 3, 4, 5, 7, 8, 32773, 32946];
const JPEG = 7;
/** those of black and white pictures, for which bits may be in the other order */
const FAX = [2, 3, 4];

/**
 * Arrangements that libvips reads as PIL does, by photometric interpretation, sample format, bits
 * of each sample and kinds of extra samples. PIL knows more; those are refused, not guessed.
 */
const LAYOUTS: readonly (readonly [RegExp, TiffLayout])[] = [
  [/^0 1 (1|4|8) $/, 'colours'],
  [/^1 1 (1|2|4|8) $/, 'colours'],
  [/^1 1 8,8 2$/, 'colours'],
  [/^1 1 16 $/, 'deepGray'],
  [/^1 (2|3) 32 $/, 'colours'],
  [/^2 1 8,8,8 $/, 'colours'],
  [/^2 1 8,8,8,8 [02]?$/, 'colours'],
  [/^2 1 8,8,8,8 1$/, 'premultiplied'],
  [/^2 1 16,16,16 $/, 'colours'],
  [/^2 1 16,16,16,16 [02]?$/, 'colours'],
  [/^3 1 (1|2|4|8) $/, 'colours'],
  [/^5 1 8,8,8,8 $/, 'inks'],
  [/^5 1 16,16,16,16 $/, 'deepInks'],
];

/** @throws Error or AppError `MEDIA_UNSUPPORTED` */
export async function readTiffHeader(source: ByteSource): Promise<TiffHeader> {
  const { tags, littleEndian } = await readTags(source);
  const one = (tag: number, otherwise: number): number => tags.get(tag)?.[0] ?? otherwise;
  const width = one(WIDTH, 0);
  const height = one(HEIGHT, 0);
  const size = one(ORIENTATION, 1) >= 5 ? { width: height, height: width } : { width, height };

  const compression = one(COMPRESSION, 1);
  const photometric = one(PHOTOMETRIC, 0);
  const samples = one(SAMPLES, 1);
  const bits = tags.get(BITS) ?? [1];
  const allBits = bits.length === 1 ? Array.from({ length: samples }, () => bits[0]) : bits;
  const formats = new Set(tags.get(SAMPLE_FORMAT) ?? [1]);
  const extras = tags.get(EXTRA_SAMPLES) ?? [];
  const key = `${photometric} ${[...formats].join()} ${allBits.join()} ${extras.join()}`;
  const found =
    key === '0 1 16 ' && littleEndian
      ? 'deepGrayInverted'
      : photometric === 6 && compression === JPEG && /^6 1 8(,8,8)? $/.test(key)
        ? 'colours'
        : LAYOUTS.find(([layout]) => layout.test(key))?.[1];
  const deep = allBits.some((depth) => depth !== 8);
  if (
    found === undefined ||
    !COMPRESSIONS.includes(compression) ||
    (one(FILL_ORDER, 1) !== 1 && !FAX.includes(compression)) ||
    (one(PLANAR, 1) !== 1 && (deep || extras.length > 0))
  ) {
    throw unsupportedImage(
      source.name,
      `TIFF files of this kind are not read (photometric interpretation ${photometric}, ` +
        `${allBits.join('+')} bits, sample format ${[...formats].join()}, ` +
        `compression ${compression}, planes ${one(PLANAR, 1)}, fill order ${one(FILL_ORDER, 1)})`,
    );
  }
  return { size, layout: found };
}

/** Numbers of the fields above, by tag. */
type Tags = ReadonlyMap<number, readonly number[]>;

async function readTags(source: ByteSource): Promise<{ tags: Tags; littleEndian: boolean }> {
  const head = viewOf(await source.read(0, 8));
  const littleEndian = head.getUint8(0) === 0x49;
  const big = head.getUint16(2, littleEndian) === 43;
  const offset = (view: DataView, at: number): number =>
    big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
  const start = big ? offset(viewOf(await source.read(8, 8)), 0) : head.getUint32(4, littleEndian);
  const countBytes = big ? 8 : 2;
  const counted = viewOf(await source.read(start, countBytes));
  const count = big ? offset(counted, 0) : counted.getUint16(0, littleEndian);
  if (count > MAX_ENTRIES) {
    throw new Error(`a TIFF directory of ${count} entries`);
  }
  const entryBytes = big ? 20 : 12;
  const directory = viewOf(await source.read(start + countBytes, count * entryBytes));
  const tags = new Map<number, readonly number[]>();
  for (let at = 0; at < count * entryBytes; at += entryBytes) {
    const tag = directory.getUint16(at, littleEndian);
    const bytes = NUMBER_BYTES[directory.getUint16(at + 2, littleEndian)];
    const values = offset(directory, at + 4);
    if (!WANTED.has(tag) || bytes === undefined || values > MAX_VALUES) {
      continue;
    }
    const valueAt = at + (big ? 12 : 8);
    const fits = values * bytes <= (big ? 8 : 4);
    const data = fits
      ? new DataView(directory.buffer, directory.byteOffset + valueAt)
      : viewOf(await source.read(offset(directory, valueAt), values * bytes));
    tags.set(
      tag,
      Array.from({ length: values }, (_, n) => readNumber(data, n * bytes, bytes, littleEndian)),
    );
  }
  return { tags, littleEndian };
}

const WANTED = new Set([
  WIDTH,
  HEIGHT,
  BITS,
  COMPRESSION,
  PHOTOMETRIC,
  FILL_ORDER,
  ORIENTATION,
  SAMPLES,
  PLANAR,
  EXTRA_SAMPLES,
  SAMPLE_FORMAT,
]);

function readNumber(view: DataView, at: number, bytes: 1 | 2 | 4 | 8, little: boolean): number {
  switch (bytes) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, little);
    case 4:
      return view.getUint32(at, little);
    case 8:
      return Number(view.getBigUint64(at, little));
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
