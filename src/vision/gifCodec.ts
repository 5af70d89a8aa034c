// The first frame of a GIF file (GIF89a specification), drawn on its canvas as PIL draws it.

import type { ByteSource } from '../base/byteSource';
import { readUntil, type ImageCodec } from './imageCodec';
import { unpackLzw } from './gifLzw';
import type { PixelSize } from './mediaFaults';
import { paletteTable, paintIndices } from './palette';

const IMAGE = 0x2c;
const EXTENSION = 0x21;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;

interface FirstFrame {
  /** the canvas, grown where the frame leaves it */
  readonly size: PixelSize;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** RGB triples; empty: indices are gray values */
  readonly palette: Uint8Array;
  /** index of the canvas around the frame: the transparent colour, else 0 */
  readonly around: number;
  /** where the compressed indices start: the byte that says their width */
  readonly dataAt: number;
}

export const gifCodec: ImageCodec = {
  readSize: async (source) => (await readUntil(source, parseFirstFrame)).size,

  async decode(source: ByteSource, size) {
    const { frame, codeBits, packed } = await readUntil(source, (bytes, whole) => {
      const found = parseFirstFrame(bytes);
      const data = found && joinBlocks(bytes, found.dataAt + 1, whole);
      return data && { frame: found, codeBits: bytes[found.dataAt] ?? 0, packed: data };
    });
    const { left, top, width, height, interlaced } = frame;
    const indices = unpackLzw(packed, codeBits, width * height);
    const table = paletteTable(frame.palette, 'rgb');
    const data = new Uint8Array(3 * size.width * size.height);
    if (width < size.width || height < size.height) {
      const background = new Uint8Array(size.width).fill(frame.around);
      for (let y = 0; y < size.height; y += 1) {
        paintIndices(background, 0, size.width, table, data, y * size.width);
      }
    }
    const rows = interlaced ? interlacedRows(height) : undefined;
    for (let n = 0; n < height; n += 1) {
      const y = top + (rows?.[n] ?? n);
      paintIndices(indices, n * width, width, table, data, y * size.width + left);
    }
    return { ...size, data };
  },
};

/** @returns `undefined` when the bytes end before the first frame's data */
function parseFirstFrame(bytes: Uint8Array): FirstFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 13) {
    return undefined;
  }
  const flags = bytes[10] ?? 0;
  let at = 13 + paletteBytes(flags);
  let palette = bytes.subarray(13, at);
  let transparent: number | undefined;
  while (at < bytes.length) {
    const mark = bytes[at];
    if (mark === TRAILER) {
      throw new Error('the GIF file has no frame');
    } else if (mark === EXTENSION) {
      if (bytes[at + 1] === GRAPHIC_CONTROL && ((bytes[at + 3] ?? 0) & 1) === 1) {
        transparent = bytes[at + 6];
      }
      const end = endOfBlocks(bytes, at + 2);
      if (end === undefined) {
        return undefined;
      }
      at = end;
    } else if (mark === IMAGE) {
      if (at + 10 > bytes.length) {
        return undefined;
      }
      const [left, top, width, height] = [1, 3, 5, 7].map((n) => view.getUint16(at + n, true)) as [
        number,
        number,
        number,
        number,
      ];
      const frameFlags = bytes[at + 9] ?? 0;
      const dataAt = at + 10 + paletteBytes(frameFlags);
      if ((frameFlags & 0x80) !== 0) {
        palette = bytes.subarray(at + 10, dataAt);
      }
      if (dataAt >= bytes.length) {
        return undefined;
      }
      const size = {
        width: Math.max(view.getUint16(6, true), left + width),
        height: Math.max(view.getUint16(8, true), top + height),
      };
      const interlaced = (frameFlags & 0x40) !== 0;
      const around = transparent ?? 0;
      const colours = isGrayRamp(palette) ? new Uint8Array() : palette;
      return { size, left, top, width, height, interlaced, palette: colours, around, dataAt };
    } else {
      at += 1; // bytes between blocks are skipped
    }
  }
  return undefined;
}

/** Such a palette does not count: indices past its end are gray too. */
function isGrayRamp(palette: Uint8Array): boolean {
  return palette.every((value, n) => value === Math.floor(n / 3));
}

function paletteBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1);
}

/** Where a chain of sub-blocks ends; `undefined` when the bytes do first. */
function endOfBlocks(bytes: Uint8Array, start: number): number | undefined {
  let at = start;
  while (at < bytes.length) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) {
      return at;
    }
  }
  return undefined;
}

/** The contents of a chain of sub-blocks; `undefined` when it goes on and there is more to read. */
function joinBlocks(bytes: Uint8Array, start: number, whole: boolean): Uint8Array | undefined {
  const end = endOfBlocks(bytes, start) ?? (whole ? bytes.length : undefined);
  if (end === undefined) {
    return undefined;
  }
  const joined = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; at += 1 + (bytes[at] ?? 0)) {
    const block = bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0));
    joined.set(block, length);
    length += block.length;
  }
  return joined.subarray(0, length);
}

/** Rows in the order in which an interlaced frame holds them: every 8th, 8th, 4th, 2nd. */
function interlacedRows(height: number): number[] {
  const rows: number[] = [];
  for (const [first, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const) {
    for (let y = first; y < height; y += step) {
      rows.push(y);
    }
  }
  return rows;
}
