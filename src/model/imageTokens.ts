// Puts the features of overview and tiles into the order in which the decoder reads them.

/** Learnt rows that structure an image, each 4 · vision hidden wide. */
export interface SeparatorRows {
  /** ends every row of tokens, of the overview and of the tiles alike */
  readonly rowEnd: Float32Array;
  /** stands once, between overview and tiles */
  readonly global: Float32Array;
}

/**
 * Overview first, row by row; the separator; then the tiles stitched to one grid, row by row
 * (reference: InternLM-XComposer build_mlp.py).
 * @param overview [side, side, width]
 * @param tiles row-major, each [side, side, width]
 * @param grid [rows, columns] of tiles
 * @returns [tokens, width]
 */
export function arrangeImageTokens(
  overview: Float32Array,
  tiles: readonly Float32Array[],
  [rows, columns]: readonly [number, number],
  side: number,
  separators: SeparatorRows,
): Float32Array {
  const width = separators.rowEnd.length;
  const tokens = side * (side + 1) + 1 + rows * side * (columns * side + 1);
  const out = new Float32Array(tokens * width);
  let at = 0;
  const append = (part: Float32Array): void => {
    out.set(part, at);
    at += part.length;
  };
  const row = (tile: Float32Array, y: number): Float32Array =>
    tile.subarray(y * side * width, (y + 1) * side * width);
  for (let y = 0; y < side; y += 1) {
    append(row(overview, y));
    append(separators.rowEnd);
  }
  append(separators.global);
  for (let tileRow = 0; tileRow < rows; tileRow += 1) {
    for (let y = 0; y < side; y += 1) {
      for (let column = 0; column < columns; column += 1) {
        append(row(tiles[tileRow * columns + column] as Float32Array, y));
      }
      append(separators.rowEnd);
    }
  }
  return out;
}
