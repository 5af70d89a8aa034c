// The bytes of a tensor in its new form, slice by slice.

import { throwIfAborted } from '../../base/abort';
import { AppError, errorText } from '../../base/errors';
import { toFloat16 } from '../checkpoint/floats';
import { DTYPE_BYTES, type TensorInfo } from '../checkpoint/safetensors';
import type { QuantisedBlocks } from './quantise';
import type { Quantiser } from './quantiser';
import { requireFloat, type PlannedTensor } from './weightsPlan';

/** A tensor is read and converted in slices of about this many bytes, so that memory stays bounded. */
export const SLICE_BYTES = 16 * 1024 * 1024;

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
      return;
    }
    for await (const bytes of slices(source, DTYPE_BYTES[dtype])) {
      yield storage.kind === 'keep' || dtype === 'F16' ? bytes : bytesOf(toFloat16(bytes, dtype));
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

/** Codes first, scales after them. Several slices are worked on at a time, their order is kept. */
async function* quantiseTensor(
  source: TensorInfo,
  bits: 4 | 8,
  quantiser: Quantiser,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const dtype = requireFloat(source);
  const columns = source.shape[1] ?? 0;
  const scales: Float32Array[] = [];
  const waiting: Promise<QuantisedBlocks>[] = [];
  const next = async (): Promise<Uint8Array> => {
    const blocks = await waiting.shift();
    if (blocks === undefined) {
      throw new RangeError('nothing waits');
    }
    scales.push(blocks.scales);
    return blocks.codes;
  };
  try {
    for await (const bytes of slices(source, columns * DTYPE_BYTES[dtype])) {
      throwIfAborted(signal);
      const blocks = quantiser.quantise({ bytes, dtype, columns, bits });
      // it may fail before its turn comes; until then nobody listens, which would end the process
      blocks.catch(() => undefined);
      waiting.push(blocks);
      if (waiting.length > quantiser.parallel) {
        yield await next();
      }
    }
    while (waiting.length > 0) {
      yield await next();
    }
  } finally {
    await Promise.allSettled(waiting);
  }
  yield* scales.map(bytesOf);
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
