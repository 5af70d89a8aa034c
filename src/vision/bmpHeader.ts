// The header of a Windows or OS/2 bitmap, in a BMP file or in an icon.

import type { ByteSource } from '../base/byteSource';
import { unsupportedImage, type PixelSize } from './mediaFaults';
import { paletteTable } from './palette';

/** Where red, green and blue are within a pixel. */
type ByteOrder = readonly [number, number, number];

/** How the bytes of a row become pixels. */
export type BmpPixels =
  | { readonly type: 'indices'; readonly bits: 1 | 4 | 8; readonly table: Uint8Array }
  | { readonly type: 'runs'; readonly bits: 4 | 8; readonly table: Uint8Array }
  /** 16-bit values with 5 bits of red and blue and 5 or 6 of green */
  | { readonly type: 'packed'; readonly greenBits: 5 | 6 }
  | { readonly type: 'bytes'; readonly step: 3 | 4; readonly order: ByteOrder };

export interface BmpHeader extends PixelSize {
  readonly topDown: boolean;
  readonly pixels: BmpPixels;
  /** where the pixels start in the file */
  readonly dataAt: number;
}

const CORE_HEADER = 12;
const HEADERS = [CORE_HEADER, 40, 52, 56, 64, 108, 124];
const RAW = 0;
const RLE8 = 1;
const RLE4 = 2;
const MASKS = 3;
const MAX_COLOURS = 65536;

/** Byte orders by bits per pixel and by the masks of red, green, blue and alpha. */
const ORDERS: Readonly<Record<string, ByteOrder>> = {
  '24 ff0000 ff00 ff': [2, 1, 0],
  '32 ff0000 ff00 ff 0': [2, 1, 0],
  '32 ff000000 ff0000 ff00 0': [3, 2, 1],
  '32 ff000000 ff00 ff 0': [3, 1, 0],
  '32 ff000000 ff0000 ff00 ff': [3, 2, 1],
  '32 ff ff00 ff0000 ff000000': [0, 1, 2],
  '32 ff0000 ff00 ff ff000000': [2, 1, 0],
  '32 ff000000 ff00 ff ff0000': [3, 1, 0],
  '32 0 0 0 0': [2, 1, 0],
};

/**
 * @param at where the header starts: 14 in a file
 * @param dataAt what the file says about where its pixels start; `undefined`: behind the header
 * @throws Error or AppError `MEDIA_UNSUPPORTED`
 */
export async function readBmpHeader(
  source: ByteSource,
  at: number,
  dataAt: number | undefined,
): Promise<BmpHeader> {
  const length = u32(await source.read(at, 4), 0);
  if (!HEADERS.includes(length)) {
    throw unsupportedImage(source.name, `a bitmap header of ${length} bytes`);
  }
  const header = await source.read(at, length);
  const core = length === CORE_HEADER;
  const topDown = !core && header[11] === 0xff;
  const height = core ? u16(header, 6) : topDown ? 2 ** 32 - u32(header, 8) : u32(header, 8);
  const width = core ? u16(header, 4) : u32(header, 4);
  const bits = u16(header, core ? 10 : 14);
  const method = core ? RAW : u32(header, 16);
  const colours = (core ? 0 : u32(header, 32)) || 2 ** bits;
  const ends = at + length;
  if (bits === 1 || bits === 4 || bits === 8) {
    if (colours > MAX_COLOURS) {
      throw new Error(`a palette of ${colours} colours`);
    }
    const entries = core ? 'bgr' : 'bgrx';
    const paletteBytes = colours * (core ? 3 : 4);
    const there = Math.max(0, Math.min(paletteBytes, source.sizeBytes - ends));
    const palette = await source.read(ends, there);
    const table = bmpTable(source.name, palette, entries, bits, colours);
    // some writers say that the pixels start where the palette does
    const start = dataAt === undefined || dataAt === ends ? ends + paletteBytes : dataAt;
    if (method === RLE8 || method === RLE4) {
      const runs = { type: 'runs', bits: method === RLE4 ? 4 : 8, table } as const;
      return { width, height, topDown, dataAt: start, pixels: runs };
    }
    requireMethod(source.name, method === RAW, method);
    return { width, height, topDown, dataAt: start, pixels: { type: 'indices', bits, table } };
  }
  requireMethod(source.name, method === RAW || method === MASKS, method);
  const trailing = method === MASKS && length < 52 ? 12 : 0;
  const masks = method === MASKS ? await source.read(at + 40, length >= 56 ? 16 : 12) : undefined;
  const pixels = directPixels(bits, masks);
  if (pixels === undefined) {
    throw unsupportedImage(source.name, `a bitmap of ${bits} bits per pixel with these masks`);
  }
  return { width, height, topDown, dataAt: dataAt ?? ends + trailing, pixels };
}

function requireMethod(file: string, known: boolean, method: number): void {
  if (!known) {
    throw unsupportedImage(file, `a bitmap with compression ${method}`);
  }
}

function directPixels(bits: number, masks: Uint8Array | undefined): BmpPixels | undefined {
  const [red, green, blue, alpha] = [0, 4, 8, 12].map((n) =>
    masks === undefined || n >= masks.length ? '0' : u32(masks, n).toString(16),
  );
  const rgb = `${red} ${green} ${blue}`;
  if (bits === 16) {
    const greenBits = { '0 0 0': 5, '7c00 3e0 1f': 5, 'f800 7e0 1f': 6 }[rgb];
    return greenBits === 5 || greenBits === 6 ? { type: 'packed', greenBits } : undefined;
  }
  if (bits !== 24 && bits !== 32) {
    return undefined;
  }
  const key = bits === 24 ? `24 ${rgb}` : `32 ${rgb} ${alpha}`;
  const order: ByteOrder | undefined = masks === undefined ? [2, 1, 0] : ORDERS[key];
  return order && { type: 'bytes', step: bits === 24 ? 3 : 4, order };
}

/** The palette; one that is a gray ramp does not count, so that numbers past its end are gray. */
function bmpTable(
  file: string,
  palette: Uint8Array,
  entries: 'bgr' | 'bgrx',
  bits: number,
  colours: number,
): Uint8Array {
  const step = entries === 'bgr' ? 3 : 4;
  const isGray = (n: number, value: number): boolean =>
    [0, 1, 2].every((band) => palette[n * step + band] === value);
  const blackAndWhite = colours === 2 && isGray(0, 0) && isGray(1, 255);
  const ramp =
    colours !== 2 && Array.from({ length: colours }, (_, n) => n).every((n) => isGray(n, n));
  if ((blackAndWhite && bits !== 1) || (ramp && bits !== 8)) {
    // Pillow takes the rows for rows of 1 or 8 bits: there is nothing to agree with
    throw unsupportedImage(file, `a gray bitmap of ${bits} bits with ${colours} colours`);
  }
  return paletteTable(ramp ? new Uint8Array() : palette, entries);
}

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) + 0x10000 * u16(bytes, at + 2);
}
