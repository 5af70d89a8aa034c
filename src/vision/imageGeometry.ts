// How a picture of a given size is resized, padded and cut into tiles.

/** All sizes in pixels, [width, height] in the picture's own orientation unless said otherwise. */
export interface ImageGeometry {
  /** portrait pictures are transposed before resizing and back after padding */
  readonly transposed: boolean;
  /** size to resize to, in the transposed orientation (width ≥ height) */
  readonly resized: readonly [number, number];
  readonly padded: readonly [number, number];
  /** [rows, columns] of tiles */
  readonly grid: readonly [number, number];
}

/**
 * The published inference transform (reference: InternLM-XComposer ixc_utils.py, HD_transform).
 * @param hdNum most tiles a picture may have
 * @param tile side of a tile in pixels
 * @returns `undefined` when the picture is so thin that nothing would be left of its short side
 */
export function imageGeometry(
  width: number,
  height: number,
  hdNum: number,
  tile: number,
): ImageGeometry | undefined {
  const transposed = width < height;
  const long = transposed ? height : width;
  const short = transposed ? width : height;
  const ratio = long / short;
  const most = Math.ceil(long / tile);
  let fitting = 1;
  // no further than the picture is wide: the limit may be any number
  while (fitting <= most && fitting * Math.ceil(fitting / ratio) <= hdNum) {
    fitting += 1;
  }
  // counted up to the first failure; one tile is always allowed
  const columns = Math.min(most, Math.max(1, fitting - 1));
  const resizedWidth = columns * tile;
  const resizedHeight = Math.trunc(resizedWidth / ratio);
  if (resizedHeight === 0) {
    return undefined;
  }
  const rows = Math.ceil(resizedHeight / tile);
  const padded = [resizedWidth, rows * tile] as const;
  return {
    transposed,
    resized: [resizedWidth, resizedHeight],
    padded: transposed ? [padded[1], padded[0]] : padded,
    grid: transposed ? [columns, rows] : [rows, columns],
  };
}

/**
 * Image tokens of a grid: overview and tiles, each row ended by a token, one separator.
 * @param tokensPerSide tokens along a tile's side (20 in the published model)
 */
export function imageTokenCount(
  [rows, columns]: readonly [number, number],
  tokensPerSide: number,
): number {
  const perTile = tokensPerSide * tokensPerSide;
  return (rows * columns + 1) * perTile + 1 + (rows + 1) * tokensPerSide;
}
