// Windows icons: the largest picture of the file, as PIL chooses it, without its mask.

import { bytesSource, type ByteSource } from '../base/byteSource';
import { decodeBmpPixels } from './bmpCodec';
import { readBmpHeader, u16, u32, type BmpHeader } from './bmpHeader';
import { readPart, type ImageCodec } from './imageCodec';
import { sniffImageKind, SNIFF_BYTES } from './imageKind';
import { pngCodec } from './sharpCodecs';

const ENTRY_BYTES = 16;
const MAX_ENTRIES = 1024;

interface IconEntry {
  readonly area: number;
  /** bits per pixel */
  readonly depth: number;
  readonly at: number;
  readonly length: number;
}

export const icoCodec: ImageCodec = {
  async readSize(source) {
    const { picture, header } = await openLargest(source);
    return header ?? pngCodec.readSize(picture);
  },

  async decode(source, size) {
    const { picture, header } = await openLargest(source);
    return header === undefined ? pngCodec.decode(picture, size) : decodeBmpPixels(picture, header);
  },
};

/** The largest picture: a PNG file, or a bitmap with its header. */
async function openLargest(
  source: ByteSource,
): Promise<{ picture: ByteSource; header?: BmpHeader }> {
  const { at, length } = await largestEntry(source);
  const picture = bytesSource(source.name, await readPart(source, at, length));
  if (sniffImageKind(await picture.read(0, SNIFF_BYTES)) === 'png') {
    return { picture };
  }
  const header = await readBmpHeader(picture, 0, undefined);
  // the height counts the mask, which follows the picture
  return { picture, header: { ...header, height: Math.floor(header.height / 2) } };
}

async function largestEntry(source: ByteSource): Promise<IconEntry> {
  const count = u16(await source.read(4, 2), 0);
  if (count === 0 || count > MAX_ENTRIES) {
    throw new Error(`an icon file of ${count} pictures`);
  }
  const table = await source.read(6, count * ENTRY_BYTES);
  const entries = Array.from({ length: count }, (_, n): IconEntry => {
    const entry = table.subarray(n * ENTRY_BYTES, (n + 1) * ENTRY_BYTES);
    const colours = entry[2] ?? 0;
    return {
      area: iconSide(entry[0]) * iconSide(entry[1]),
      depth: u16(entry, 6) || (colours === 0 ? 0 : Math.ceil(Math.log2(colours))) || 256,
      at: u32(entry, 12),
      length: u32(entry, 8),
    };
  });
  // of equal ones the first of the fewest colours
  return entries.reduce((best, entry) =>
    entry.area > best.area || (entry.area === best.area && entry.depth < best.depth) ? entry : best,
  );
}

/** A side of 256 does not fit its byte and is written as 0. */
function iconSide(byte: number | undefined): number {
  return byte === undefined || byte === 0 ? 256 : byte;
}
