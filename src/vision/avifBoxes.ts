// The boxes of an AVIF file (ISO/IEC 14496-12, 23008-12): its size, and what a decoder must not apply.

import { unsupportedImage, type PixelSize } from './mediaFaults';

interface Box {
  readonly type: string;
  /** where the type is written */
  readonly typeAt: number;
  readonly bodyAt: number;
  readonly end: number;
}

/** Boxes that hold boxes, and the bytes before the first of them. */
const CONTAINERS: Readonly<Record<string, number>> = {
  meta: 4,
  iprp: 0,
  ipco: 0,
  iref: 4,
  moov: 0,
  trak: 0,
  tref: 0,
  mdia: 0,
  minf: 0,
  stbl: 0,
  stsd: 8,
  av01: 78,
};

/** Code points of ITU-T H.273 */
const BT709_PRIMARIES = 1;
const SRGB_TRANSFER = 13;
/** the matrix that follows from the primaries */
const OF_PRIMARIES = 12;

/** Flag in the third byte of `av1C` */
const TWELVE_BIT = 0x20;

/** More than a still picture or a short animation has. */
const MAX_BOXES = 10_000;
const MAX_DEPTH = 10;

/**
 * Size of the primary item, before any turn: what PIL gives.
 * @param file its beginning
 * @returns `undefined` when the boxes that say it are not all there
 * @throws Error when there is none; AppError `MEDIA_UNSUPPORTED` as {@link plainAvif}
 */
export function avifSize(name: string, file: Uint8Array): PixelSize | undefined {
  const view = viewOf(file);
  const meta = boxesOf(view, 0, file.length).find(({ type }) => type === 'meta');
  if (meta === undefined || meta.end > file.length) {
    return undefined;
  }
  const within = [...allBoxes(view)].filter(
    ({ typeAt, end }) => typeAt > meta.typeAt && end <= meta.end,
  );
  within.forEach((box) => requireExact(name, view, box));
  const pitm = within.find(({ type }) => type === 'pitm');
  const ipma = within.find(({ type }) => type === 'ipma');
  const ipco = within.find(({ type }) => type === 'ipco');
  if (pitm === undefined || ipma === undefined || ipco === undefined) {
    throw new Error('the AVIF file names no picture');
  }
  const long = view.getUint8(pitm.bodyAt) > 0;
  const item = long ? view.getUint32(pitm.bodyAt + 4) : view.getUint16(pitm.bodyAt + 4);
  const properties = boxesOf(view, ipco.bodyAt, ipco.end);
  for (const { item: owner, index } of associations(view, ipma)) {
    const property = properties[index - 1];
    if (owner === item && property?.type === 'ispe') {
      return {
        width: view.getUint32(property.bodyAt + 4),
        height: view.getUint32(property.bodyAt + 8),
      };
    }
  }
  throw new Error('the AVIF file does not say how large the picture is');
}

/**
 * A copy of the file whose colours a decoder gives as they are stored. PIL does not turn, mirror
 * or crop, converts no colours, and drops alpha; Skia turns, converts, and rounds the colours of
 * transparent pixels.
 * @throws AppError `MEDIA_UNSUPPORTED` for what Skia's binding reads otherwise than PIL: 12 bits,
 *   colours stored multiplied with alpha, a YUV matrix that follows from the primaries
 */
export function plainAvif(name: string, file: Uint8Array): Uint8Array {
  const plain = Uint8Array.from(file);
  const view = viewOf(plain);
  const boxes = [...allBoxes(view)];
  const rename = ({ typeAt }: Box): void => view.setUint32(typeAt, 0x66726565); // 'free'
  for (const box of boxes) {
    requireExact(name, view, box);
    switch (box.type) {
      case 'auxl':
      case 'imir':
      case 'clap':
        rename(box);
        break;
      case 'irot':
        view.setUint8(box.bodyAt, 0);
        break;
      case 'colr':
        if (isNclx(view, box.bodyAt)) {
          // nothing is to be converted; the YUV matrix, behind these two, stays
          view.setUint16(box.bodyAt + 4, BT709_PRIMARIES);
          view.setUint16(box.bodyAt + 6, SRGB_TRANSFER);
        } else {
          rename(box);
        }
        break;
      case 'ipma':
        for (const { at } of associations(view, box)) {
          // a reader must refuse a picture with unknown essential properties
          view.setUint8(at, view.getUint8(at) & 0x7f);
        }
        break;
    }
  }
  return plain;
}

/** Refuses what Skia's binding does not read as PIL does. */
function requireExact(name: string, view: DataView, { type, bodyAt }: Box): void {
  const refused =
    type === 'prem'
      ? 'with colours multiplied with alpha'
      : type === 'av1C' && (view.getUint8(bodyAt + 2) & TWELVE_BIT) !== 0
        ? 'of 12 bits'
        : type === 'colr' && isNclx(view, bodyAt) && view.getUint16(bodyAt + 8) === OF_PRIMARIES
          ? 'with a YUV matrix that follows from the primaries'
          : undefined;
  if (refused !== undefined) {
    throw unsupportedImage(name, `AVIF files ${refused} are not read`);
  }
}

/** True for colours described by code points, false for a colour profile. */
function isNclx(view: DataView, bodyAt: number): boolean {
  return text(view, bodyAt) === 'nclx';
}

interface Association {
  readonly item: number;
  /** of the property, from 1 */
  readonly index: number;
  /** where its essential bit is */
  readonly at: number;
}

function associations(view: DataView, { bodyAt, end }: Box): Association[] {
  const version = view.getUint8(bodyAt);
  const wide = (view.getUint8(bodyAt + 3) & 1) === 1;
  const found: Association[] = [];
  let entries = view.getUint32(bodyAt + 4);
  let at = bodyAt + 8;
  for (; entries > 0 && at + 3 <= end; entries -= 1) {
    const item = version === 0 ? view.getUint16(at) : view.getUint32(at);
    at += version === 0 ? 2 : 4;
    let count = view.getUint8(at);
    at += 1;
    for (; count > 0 && at + (wide ? 2 : 1) <= end; count -= 1) {
      const index = wide ? view.getUint16(at) & 0x7fff : view.getUint8(at) & 0x7f;
      found.push({ item, index, at });
      at += wide ? 2 : 1;
    }
  }
  return found;
}

/** All boxes, those inside others behind them. */
function* allBoxes(view: DataView): Generator<Box> {
  const open = boxesOf(view, 0, view.byteLength).map((box) => ({ box, depth: 0 }));
  for (let seen = 0; open.length > 0; seen += 1) {
    const next = open.shift();
    if (next === undefined || seen > MAX_BOXES) {
      throw new Error(`more than ${MAX_BOXES} boxes`);
    }
    yield next.box;
    const skip = CONTAINERS[next.box.type];
    if (skip !== undefined && next.depth < MAX_DEPTH) {
      const inside = boxesOf(view, next.box.bodyAt + skip, next.box.end);
      open.push(...inside.map((box) => ({ box, depth: next.depth + 1 })));
    }
  }
}

/** The boxes from one place to another; the last one may reach past the file. */
function boxesOf(view: DataView, start: number, end: number): Box[] {
  const boxes: Box[] = [];
  const last = Math.min(end, view.byteLength);
  for (let at = start; at + 8 <= last && boxes.length < MAX_BOXES;) {
    const short = view.getUint32(at);
    const wide = short === 1 && at + 16 <= last;
    const size = wide ? Number(view.getBigUint64(at + 8)) : short === 0 ? last - at : short;
    const bodyAt = at + (wide ? 16 : 8);
    if (at + size < bodyAt) {
      throw new Error(`a box of ${size} bytes at ${at}`);
    }
    boxes.push({ type: text(view, at + 4), typeAt: at + 4, bodyAt, end: at + size });
    at += size;
  }
  return boxes;
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(at + n)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
