// Rows for the decoder: cutting and joining them, and the tensors that say what they are.

import type { ModelDims } from './checkpoint/modelConfig';
import { DECODER_IO } from './onnx/decoderGraph';
import { floatTensor, int64Tensor, type Feeds, type OrtTensor } from './ortRuntime';
import type { RopeTables } from './rope';

/** Rows for the decoder. */
export interface DecoderRows {
  /** [length, hidden] float32 */
  readonly embeds: Float32Array;
  readonly length: number;
  /** [start, end) runs of image tokens among the rows */
  readonly imageRuns: readonly (readonly [number, number])[];
}

/** The rows from `start` to `end`, without copying. */
export function sliceRows(rows: DecoderRows, start: number, end: number): DecoderRows {
  const hidden = rows.embeds.length / rows.length;
  return {
    embeds: rows.embeds.subarray(start * hidden, end * hidden),
    length: end - start,
    imageRuns: rows.imageRuns
      .map(([from, to]) => [Math.max(from, start) - start, Math.min(to, end) - start] as const)
      .filter(([from, to]) => from < to),
  };
}

/** Parts one after the other, each filled up with rows of zeros to its `length`. */
export function joinRows(
  hidden: number,
  parts: readonly (readonly [rows: DecoderRows, length: number])[],
): DecoderRows {
  const length = parts.reduce((sum, [, rows]) => sum + rows, 0);
  const embeds = new Float32Array(length * hidden);
  const imageRuns: (readonly [number, number])[] = [];
  let at = 0;
  for (const [rows, size] of parts) {
    const start = at;
    embeds.set(rows.embeds, start * hidden);
    imageRuns.push(...rows.imageRuns.map(([from, to]) => [start + from, start + to] as const));
    at += size;
  }
  return { embeds, length, imageRuns };
}

/** What every form of the decoder graph reads about its rows. @param scored rows with a reward */
export function rowFeeds(rows: DecoderRows, scored: readonly number[], hidden: number): Feeds {
  const imageRows = rows.imageRuns.flatMap(([start, end]) =>
    Array.from({ length: end - start }, (_, n) => start + n),
  );
  const isImage = (row: number): boolean =>
    rows.imageRuns.some(([start, end]) => row >= start && row < end);
  const scoredImageRows = scored.flatMap((row, n) => (isImage(row) ? [n] : []));
  return {
    [DECODER_IO.embeds]: floatTensor(rows.embeds, [rows.length, hidden]),
    [DECODER_IO.imageRows]: int64Tensor(imageRows, [imageRows.length, 1]),
    [DECODER_IO.scoredRows]: int64Tensor(scored, [scored.length]),
    [DECODER_IO.scoredImageRows]: int64Tensor(scoredImageRows, [scoredImageRows.length, 1]),
  };
}

/** The positions 0 to `total` of the rotary tables. */
export function ropeFeeds({ cos, sin }: RopeTables, total: number, { headDim }: ModelDims): Feeds {
  const half = headDim / 2;
  const rows = (values: Float32Array): OrtTensor =>
    floatTensor(values.subarray(0, total * half), [total, half]);
  return { [DECODER_IO.cos]: rows(cos), [DECODER_IO.sin]: rows(sin) };
}
