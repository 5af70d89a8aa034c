// Large random checkpoints for benchmarks.

import path from 'node:path';
import { dimsOf, writeRandomCheckpoint } from '../../support/randomCheckpoint';

/** @param layers of the decoder; 32 is the published 7B model @returns bytes of weights */
export function writeLarge(root: string, folder: string, layers: number): number {
  const tokenizer = path.join(root, 'test/fixtures/tiny-checkpoint/tokenizer.model');
  return writeRandomCheckpoint(folder, dimsOf({ layers }), 'BF16', tokenizer);
}
