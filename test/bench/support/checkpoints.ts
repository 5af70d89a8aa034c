// Large random checkpoints for benchmarks.

import path from 'node:path';
import { CLIP, dimsOf, writeRandomCheckpoint } from '../../support/randomCheckpoint';

/** @param layers of the decoder; 32 is the published 7B model @returns bytes of weights */
export function writeLarge(root: string, folder: string, layers: number): number {
  const tokenizer = path.join(root, 'test/fixtures/tiny-checkpoint/tokenizer.model');
  return writeRandomCheckpoint(folder, dimsOf({ layers }), 'BF16', tokenizer);
}

/** Bytes of float32 keys and values of a prefix, at the width of the 7B model. */
export function kvBytes(layers: number, tokens: number): number {
  const { kvHeads, headDim } = dimsOf();
  return 2 * 4 * layers * kvHeads * headDim * tokens;
}

/** The shape that the figures on sharing are stated for; its vision tower is as good as none. */
export function writeBench(root: string, folder: string): void {
  const tokenizer = path.join(root, 'test/fixtures/tiny-checkpoint/tokenizer.model');
  const shape = {
    hidden: 1024,
    layers: 8,
    heads: 16,
    kvHeads: 4,
    headDim: 64,
    mlp: 2816,
    vocab: 1024,
    loraRank: 64,
    vision: { ...CLIP, hidden: 64, layers: 1, heads: 1, mlp: 64 },
  };
  writeRandomCheckpoint(folder, dimsOf(shape), 'F32', tokenizer);
}
