// Who does the heavy parts of a conversion: this thread, or others.

import { sha256OfFile, type HashOptions } from '../../node/hash';
import { toFloat16 } from '../checkpoint/floats';
import { quantiseBlocks, type QuantisedBlocks, type QuantiseTask } from './quantise';

export interface RoundTask {
  /** little-endian floats; given up: the result may take their place */
  readonly bytes: Uint8Array;
  readonly dtype: 'F32' | 'BF16';
}

export interface Quantiser {
  /** tasks that may wait for an answer at the same time */
  readonly parallel: number;
  /** @throws RangeError for weights that can't be stored so */
  quantise(task: QuantiseTask): Promise<QuantisedBlocks>;
  /** to float16; where it is left out, the caller rounds @throws RangeError as {@link quantise} */
  round?(task: RoundTask): Promise<Uint16Array>;
  /** SHA-256 of a file; where it is left out, the caller hashes */
  hashFile?(path: string, options: HashOptions): Promise<string>;
}

/** Does everything where it is called. */
export const LOCAL_QUANTISER: Quantiser = {
  parallel: 1,
  quantise: async (task) => quantiseBlocks(task),
};

export async function roundBy(quantiser: Quantiser, task: RoundTask): Promise<Uint16Array> {
  return quantiser.round?.(task) ?? toFloat16(task.bytes, task.dtype);
}

export async function hashBy(
  quantiser: Quantiser,
  path: string,
  options: HashOptions,
): Promise<string> {
  return quantiser.hashFile?.(path, options) ?? sha256OfFile(path, options);
}
