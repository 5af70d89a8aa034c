// Windows and OS/2 bitmaps: raw rows, packed rows and runs.

import type { ByteSource } from '../base/byteSource';
import { unpackBmpRuns } from './bmpRuns';
import { readBmpHeader, u16, u32, type BmpHeader, type BmpPixels } from './bmpHeader';
import { readPart, type ImageCodec } from './imageCodec';
import { paintIndices } from './palette';
import type { RgbImage } from './rgbImage';

const FILE_HEADER = 14;

export const bmpCodec: ImageCodec = {
  readSize: (source) => readFileHeader(source),
  decode: async (source) => decodeBmpPixels(source, await readFileHeader(source)),
};

async function readFileHeader(source: ByteSource): Promise<BmpHeader> {
  const start = u32(await source.read(10, 4), 0);
  return readBmpHeader(source, FILE_HEADER, start === 0 ? undefined : start);
}

/** @throws Error when the file ends before the pixels do */
export async function decodeBmpPixels(source: ByteSource, header: BmpHeader): Promise<RgbImage> {
  const { width, height, topDown, pixels, dataAt } = header;
  if (pixels.type === 'runs') {
    const packed = await readPart(source, dataAt);
    const indices = unpackBmpRuns(packed, header, pixels.bits);
    const data = new Uint8Array(3 * width * height);
    for (let y = 0; y < height; y += 1) {
      const to = topDown ? y : height - 1 - y;
      paintIndices(indices, y * width, width, pixels.table, data, to * width);
    }
    return { width, height, data };
  }
  const rowBytes = Math.ceil((width * bitsOf(pixels)) / 8);
  const stride = Math.ceil(rowBytes / 4) * 4;
  const needed = stride * (height - 1) + rowBytes;
  const rows = await readPart(source, dataAt, needed);
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y += 1) {
    const to = (topDown ? y : height - 1 - y) * width;
    paintRow(rows.subarray(y * stride, y * stride + rowBytes), pixels, width, data, to);
  }
  return { width, height, data };
}

function bitsOf(pixels: Exclude<BmpPixels, { type: 'runs' }>): number {
  switch (pixels.type) {
    case 'indices':
      return pixels.bits;
    case 'packed':
      return 16;
    case 'bytes':
      return 8 * pixels.step;
  }
}

function paintRow(
  row: Uint8Array,
  pixels: Exclude<BmpPixels, { type: 'runs' }>,
  width: number,
  out: Uint8Array,
  to: number,
): void {
  if (pixels.type === 'indices') {
    const { bits, table } = pixels;
    const perByte = 8 / bits;
    const indices =
      bits === 8
        ? row
        : Uint8Array.from(
            { length: width },
            (_, x) =>
              ((row[Math.floor(x / perByte)] as number) >> (8 - bits * (1 + (x % perByte)))) &
              ((1 << bits) - 1),
          );
    paintIndices(indices, 0, width, table, out, to);
    return;
  }
  if (pixels.type === 'bytes') {
    const { step } = pixels;
    const [red, green, blue] = pixels.order;
    for (let x = 0; x < width; x += 1) {
      const at = 3 * (to + x);
      out[at] = row[x * step + red] as number;
      out[at + 1] = row[x * step + green] as number;
      out[at + 2] = row[x * step + blue] as number;
    }
    return;
  }
  const { greenBits } = pixels;
  const mostGreen = 2 ** greenBits - 1;
  for (let x = 0; x < width; x += 1) {
    const at = 3 * (to + x);
    const value = u16(row, 2 * x);
    out[at] = Math.floor((((value >> (5 + greenBits)) & 31) * 255) / 31);
    out[at + 1] = Math.floor((((value >> 5) & mostGreen) * 255) / mostGreen);
    out[at + 2] = Math.floor(((value & 31) * 255) / 31);
  }
}
