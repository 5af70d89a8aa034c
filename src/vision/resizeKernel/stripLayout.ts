// How a resize is cut into strips of columns, so that each fits into a small memory.

import type { RgbImage } from '../rgbImage';
import type { PairWeights } from './pairWeights';

/** rows that the kernel's horizontal pass makes at a time */
export const GROUP_ROWS = 4;
/** rows that the window has room for beyond those of one row of the target */
const SPARE_ROWS = 32;
/** what the kernel may read behind the pixels of its last pair */
const OVERREAD_BYTES = 2;
const ALIGNMENT = 16;
/** strips are made narrower as long as they need more; those of most pictures are the whole width */
const STRIP_BYTES = 2 * 2 ** 20;

/** A resize with the weights of its two passes; a pass without weights is left out. */
export interface Resize {
  readonly source: RgbImage;
  readonly target: RgbImage;
  readonly across: PairWeights | undefined;
  readonly down: PairWeights | undefined;
}

/** Where the parts of a strip are in the kernel's memory: addresses, strides and sizes in bytes. */
export interface StripLayout {
  /** columns of the target in a strip, fewer in the last */
  readonly columns: number;
  /** what the horizontal pass reads: per column its source pixel and its weights, and a group */
  readonly starts: number;
  readonly columnWeights: number;
  readonly group: number;
  readonly groupStride: number;
  /** rows between the passes: those that one row of the target needs, and some more */
  readonly window: number;
  readonly windowRows: number;
  /** the weights of one row of the target, and that row */
  readonly rowWeights: number;
  readonly row: number;
  /** of the window and the row */
  readonly stride: number;
  readonly total: number;
}

/** Columns of the source that are needed for those from `left` to before `right` of the target. */
export function sourceColumns(
  across: PairWeights | undefined,
  left: number,
  right: number,
): readonly [number, number] {
  if (across === undefined) {
    return [left, right];
  }
  const { first, count } = across;
  return [first[left] as number, (first[right - 1] as number) + (count[right - 1] as number)];
}

/** The widest strips that fit into 2 MiB, or strips of one column. */
export function layOut(resize: Resize): StripLayout {
  let layout = layOutColumns(resize, resize.target.width);
  while (layout.total > STRIP_BYTES && layout.columns > 1) {
    layout = layOutColumns(resize, (layout.columns + 1) >> 1);
  }
  return layout;
}

function layOutColumns({ target, across, down }: Resize, columns: number): StripLayout {
  let total = 0;
  const reserve = (bytes: number): number => {
    const address = total;
    total += alignUp(bytes);
    return address;
  };
  let sourceWidth = 0;
  for (let left = 0; left < target.width; left += columns) {
    const [from, to] = sourceColumns(across, left, Math.min(target.width, left + columns));
    sourceWidth = Math.max(sourceWidth, to - from);
  }
  const acrossPairs = across?.pairs ?? 0;
  const groupStride = 3 * sourceWidth;
  // the last column's weights of 0 may reach over the end of the last row
  const overread = 6 * acrossPairs + OVERREAD_BYTES;
  // the horizontal pass writes one byte behind each row
  const stride = alignUp(3 * columns + 1);
  const windowRows = down === undefined ? GROUP_ROWS : 2 * down.pairs + SPARE_ROWS;
  return {
    columns,
    starts: reserve(4 * columns),
    columnWeights: reserve(8 * acrossPairs * columns),
    group: reserve(across === undefined ? 0 : GROUP_ROWS * groupStride + overread),
    groupStride,
    // a weight of 0 may reach one row over the end
    window: reserve((windowRows + 1) * stride),
    windowRows,
    rowWeights: reserve(8 * (down?.pairs ?? 0)),
    row: reserve(stride),
    stride,
    total,
  };
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
