// The bytes of tensors in their new form, slice by slice.

import { AppError, errorText } from '../../base/errors';
import { DTYPE_BYTES } from '../checkpoint/safetensors';
import { inOrder } from './inOrder';
import { roundBy, type Quantiser } from './quantiser';
import { SLICE_BYTES, SliceMemory } from './sliceMemory';
import { requireFloat, type PlannedTensor } from './weightsPlan';

/** What comes next in the new file. */
export interface ConvertedSlice {
  /** of the tensor */
  readonly name: string;
  /** one after the other; their memory is used again when the next slice is asked for */
  readonly pieces: readonly Uint8Array[];
  /** with them the tensor is whole */
  readonly isLast: boolean;
}

/**
 * Works on several slices at a time, over the ends of tensors; their order is kept. Of a quantised
 * tensor come the codes, and all scales after them.
 * @throws AppError `CHECKPOINT_INVALID` naming the tensor, for weights that can't be stored so;
 *   `CANCELLED`
 */
export async function* convertTensors(
  tensors: readonly PlannedTensor[],
  quantiser: Quantiser,
  signal: AbortSignal | undefined,
): AsyncGenerator<ConvertedSlice> {
  const memory = new SliceMemory();
  const convert = async (slice: Slice): Promise<Work> => {
    const taken = memory.take(slice.length);
    const { source } = slice.tensor;
    await source.source.readInto(taken, source.offset + slice.at);
    return { slice, taken, ...(await convertSlice(slice, taken, quantiser)) };
  };
  let scales: Uint8Array[] = [];
  const slices = inOrder(slicesOf(tensors), convert, quantiser.parallel, signal);
  for await (const { slice, taken, values, scales: more } of slices) {
    const { isLast } = slice;
    scales.push(...more);
    const pieces = isLast ? [values, ...scales] : [values];
    yield { name: slice.tensor.source.name, pieces, isLast };
    memory.giveBack(taken);
    if (isLast) {
      scales = [];
    }
  }
}

/** A part of a tensor. */
interface Slice {
  readonly tensor: PlannedTensor;
  /** in bytes, from the tensor's beginning */
  readonly at: number;
  readonly length: number;
  readonly isLast: boolean;
}

/** Quantised tensors are divided between rows. */
function* slicesOf(tensors: readonly PlannedTensor[]): Generator<Slice> {
  for (const tensor of tensors) {
    const { dtype, shape, sizeBytes } = tensor.source;
    const columns = tensor.storage.kind === 'blocks' ? (shape[1] ?? 0) : 1;
    const unit = columns * DTYPE_BYTES[dtype];
    const step = Math.max(1, Math.floor(SLICE_BYTES / unit)) * unit;
    for (let at = 0; at < sizeBytes; at += step) {
      const length = Math.min(step, sizeBytes - at);
      yield { tensor, at, length, isLast: at + length === sizeBytes };
    }
  }
}

interface Work extends Converted {
  readonly slice: Slice;
  readonly taken: Uint8Array<SharedArrayBuffer>;
}

interface Converted {
  readonly values: Uint8Array;
  readonly scales: readonly Uint8Array[];
}

async function convertSlice(
  { tensor: { source, storage } }: Slice,
  bytes: Uint8Array,
  quantiser: Quantiser,
): Promise<Converted> {
  try {
    const dtype = requireFloat(source);
    if (storage.kind === 'blocks') {
      const task = { bytes, dtype, columns: source.shape[1] ?? 0, bits: storage.bits };
      const { codes, scales } = await quantiser.quantise(task);
      return { values: codes, scales: [bytesOf(scales)] };
    }
    if (storage.kind === 'keep' || dtype === 'F16') {
      return { values: bytes, scales: [] };
    }
    return { values: bytesOf(await roundBy(quantiser, { bytes, dtype })), scales: [] };
  } catch (error) {
    if (error instanceof RangeError) {
      throw new AppError('CHECKPOINT_INVALID', `${source.name}: ${errorText(error)}`, {
        tensor: source.name,
      });
    }
    throw error;
  }
}

function bytesOf(values: Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
