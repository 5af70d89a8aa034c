// Which tails run together: each run repeats the prefix, and pads its tails to the longest of them.

/**
 * Divides tails among runs so that the fewest rows are computed, padding and repeated prefixes
 * counted. Tails of like length come together.
 * @param lengths of the tails
 * @param fits whether so many tails may run together, the longest of them so long; one always may
 * @returns indices of the tails of each run, shortest tails first
 */
export function planChunks(
  prefixLength: number,
  lengths: readonly number[],
  fits: (tails: number, longest: number) => boolean,
): number[][] {
  const sorted = lengths.map((length, tail) => ({ length, tail }));
  sorted.sort((a, b) => a.length - b.length || a.tail - b.tail);
  // for the n shortest tails: the fewest rows, and where the last of their runs begins
  const fewest = [0];
  const begins = [0];
  for (const [n, { length }] of sorted.entries()) {
    let best = { rows: Infinity, begin: n };
    for (let begin = n; begin >= 0; begin -= 1) {
      const tails = n + 1 - begin;
      if (tails > 1 && !fits(tails, length)) {
        break;
      }
      const rows = (fewest[begin] ?? 0) + prefixLength + tails * length;
      best = rows < best.rows ? { rows, begin } : best;
    }
    fewest.push(best.rows);
    begins.push(best.begin);
  }
  const chunks: number[][] = [];
  for (let end = sorted.length; end > 0; end = begins[end] ?? 0) {
    chunks.unshift(sorted.slice(begins[end], end).map(({ tail }) => tail));
  }
  return chunks;
}
