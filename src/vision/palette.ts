// Colours by number.

/**
 * 256 RGB triples. Colours past a palette's end are black; without any palette numbers are gray.
 * @param entries `rgb`: triples, `bgr`: triples the other way round, `bgrx`: with a spare byte
 */
export function paletteTable(palette: Uint8Array, entries: 'rgb' | 'bgr' | 'bgrx'): Uint8Array {
  const table = new Uint8Array(3 * 256);
  if (palette.length === 0) {
    return table.map((_, n) => Math.floor(n / 3));
  }
  const step = entries === 'bgrx' ? 4 : 3;
  const order = entries === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  for (let n = 0; n < 256 && (n + 1) * step <= palette.length; n += 1) {
    order.forEach((from, to) => {
      table[3 * n + to] = palette[n * step + from] ?? 0;
    });
  }
  return table;
}

/** Paints `count` pixels. @param to the first pixel in `out`, counted in pixels */
export function paintIndices(
  indices: Uint8Array,
  from: number,
  count: number,
  table: Uint8Array,
  out: Uint8Array,
  to: number,
): void {
  for (let n = 0; n < count; n += 1) {
    const colour = 3 * (indices[from + n] as number);
    const at = 3 * (to + n);
    out[at] = table[colour] as number;
    out[at + 1] = table[colour + 1] as number;
    out[at + 2] = table[colour + 2] as number;
  }
}
