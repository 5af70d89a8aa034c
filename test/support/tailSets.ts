// Made-up rows for the decoder: a prefix with pictures or without, and tails of different lengths.

import { joinRows, type DecoderRows } from '../../src/model/decoderRows';
import { seededRandom } from './random';

export interface TailSet {
  readonly prefix: DecoderRows;
  readonly tails: readonly DecoderRows[];
}

/** Rows of variance 1. @param imageRuns [start, end) of the image rows */
export function randomRows(
  seed: number,
  hidden: number,
  length: number,
  imageRuns: DecoderRows['imageRuns'] = [],
): DecoderRows {
  const random = seededRandom(seed);
  const embeds = Float32Array.from({ length: length * hidden }, () => Math.sqrt(12) * random());
  return { embeds: embeds.map((value) => value - Math.sqrt(3)), length, imageRuns };
}

/** A set from a seed: 1 to 9 tails of 1 to 40 rows, one of them a single row; odd seeds have pictures. */
export function randomTailSet(seed: number, hidden: number): TailSet {
  const random = seededRandom(seed);
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const length = upTo(120);
  const middle = Math.floor(length / 2);
  const imageRuns: DecoderRows['imageRuns'] =
    seed % 2 === 0
      ? []
      : [[0, Math.ceil(middle / 2)] as const, [middle, length - 1] as const].filter(
          ([start, end]) => start < end,
        );
  const lengths = Array.from({ length: upTo(9) }, (_, n) => (n === 0 ? 1 : upTo(40)));
  return {
    prefix: randomRows(1000 * seed, hidden, length, imageRuns),
    tails: lengths.map((rows, n) => randomRows(1000 * seed + n + 1, hidden, rows)),
  };
}

/** Rows one after the other. */
export function concatenated(hidden: number, ...parts: readonly DecoderRows[]): DecoderRows {
  return joinRows(
    hidden,
    parts.map((rows) => [rows, rows.length]),
  );
}
