// The bytes of a tensor in its new form, slice by slice.

import { throwIfAborted } from '../../base/abort';
import { AppError, errorText } from '../../base/errors';
import { DTYPE_BYTES, type TensorInfo } from '../checkpoint/safetensors';
import type { QuantisedBlocks } from './quantise';
import { roundBy, type Quantiser } from './quantiser';
import { requireFloat, type PlannedTensor } from './weightsPlan';

/**
 * A tensor is read and converted in slices of about this many bytes, so that memory stays bounded.
 * Larger ones are slower: each takes fresh memory from the system.
 */
export const SLICE_BYTES = 4 * 1024 * 1024;

/**
 * @throws AppError `CHECKPOINT_INVALID` naming the tensor, for weights that can't be stored so;
 *   `CANCELLED`
 */
export async function* convertTensor(
  { source, storage }: PlannedTensor,
  quantiser: Quantiser,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const dtype = requireFloat(source);
  try {
    if (storage.kind === 'blocks') {
      yield* quantiseTensor(source, storage.bits, quantiser, signal);
    } else if (storage.kind === 'keep' || dtype === 'F16') {
      yield* slices(source, DTYPE_BYTES[dtype]);
    } else {
      const round = (bytes: Uint8Array): Promise<Uint16Array> =>
        roundBy(quantiser, { bytes, dtype });
      const unit = DTYPE_BYTES[dtype];
      for await (const halves of inOrder(slices(source, unit), round, quantiser, signal)) {
        yield bytesOf(halves);
      }
    }
  } catch (error) {
    if (error instanceof RangeError) {
      throw new AppError('CHECKPOINT_INVALID', `${source.name}: ${errorText(error)}`, {
        tensor: source.name,
      });
    }
    throw error;
  }
}

/** Codes first, scales after them. */
async function* quantiseTensor(
  source: TensorInfo,
  bits: 4 | 8,
  quantiser: Quantiser,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const dtype = requireFloat(source);
  const columns = source.shape[1] ?? 0;
  const scales: Float32Array[] = [];
  const quantise = (bytes: Uint8Array): Promise<QuantisedBlocks> =>
    quantiser.quantise({ bytes, dtype, columns, bits });
  const rows = slices(source, columns * DTYPE_BYTES[dtype]);
  for await (const blocks of inOrder(rows, quantise, quantiser, signal)) {
    scales.push(blocks.scales);
    yield blocks.codes;
  }
  yield* scales.map(bytesOf);
}

/** Works on several slices at a time; their order is kept. */
async function* inOrder<T>(
  pieces: AsyncIterable<Uint8Array>,
  work: (bytes: Uint8Array) => Promise<T>,
  { parallel }: Quantiser,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const waiting: Promise<T>[] = [];
  const due = (allowed: number): Promise<T> | undefined =>
    waiting.length > allowed ? waiting.shift() : undefined;
  try {
    for await (const bytes of pieces) {
      throwIfAborted(signal);
      const result = work(bytes);
      // it may fail before its turn comes; until then nobody listens, which would end the process
      result.catch(() => undefined);
      waiting.push(result);
      const first = due(parallel);
      if (first !== undefined) {
        yield await first;
      }
    }
    for (let first = due(0); first !== undefined; first = due(0)) {
      yield await first;
    }
  } finally {
    await Promise.allSettled(waiting);
  }
}

/** Reads a tensor in pieces of whole `unitBytes`. */
async function* slices(source: TensorInfo, unitBytes: number): AsyncGenerator<Uint8Array> {
  const step = Math.max(1, Math.floor(SLICE_BYTES / unitBytes)) * unitBytes;
  for (let at = 0; at < source.sizeBytes; at += step) {
    yield await source.source.read(source.offset + at, Math.min(step, source.sizeBytes - at));
  }
}

function bytesOf(values: Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
