// The converted weights: one safetensors file, into which the ONNX graphs point.

import { throwIfAborted } from '../../base/abort';
import { AppError, errorText } from '../../base/errors';
import type { ProgressMeter } from '../../base/progress';
import { PartialFile } from '../../node/atomicFile';
import { openFileSource } from '../../node/fileSource';
import { truncateFile } from '../../node/fileChanges';
import { fileSizeBytes } from '../../node/folder';
import { RunningHash } from '../../node/hash';
import { toFloat16 } from '../checkpoint/floats';
import { DTYPE_BYTES, type TensorInfo } from '../checkpoint/safetensors';
import type { QuantisedBlocks } from './quantise';
import type { Quantiser } from './quantiser';
import { requireFloat, type PlannedTensor, type WeightsPlan } from './weightsPlan';

// A tensor is converted in slices of about this many bytes, so that memory stays bounded.
const SLICE_BYTES = 16 * 1024 * 1024;

export interface WriteWeightsOptions {
  readonly quantiser: Quantiser;
  /** go on after the whole tensors that an earlier run of the same plan left */
  readonly resume: boolean;
  /** expects the plan's bytes twice: written, and read back */
  readonly meter: ProgressMeter;
  readonly signal?: AbortSignal;
}

/**
 * Streams the tensors into the file, in the plan's order; nothing appears under `path` until all of
 * it is there and has been read back.
 * @returns SHA-256 of the file
 * @throws AppError `OUTPUT_FAILED`, `CHECKPOINT_INVALID` for weights that can't be stored so,
 *   `CANCELLED`
 */
export async function writeWeights(
  path: string,
  plan: WeightsPlan,
  options: WriteWeightsOptions,
): Promise<string> {
  const { meter, signal } = options;
  const hash = new RunningHash();
  const done = options.resume ? await recover(path, plan, hash, signal) : { bytes: 0, tensors: 0 };
  const out = await PartialFile.create(path, done.bytes > 0);
  const write = async (bytes: Uint8Array, label: string): Promise<void> => {
    hash.update(bytes);
    await out.write(bytes);
    meter.advance(bytes.byteLength, label);
  };
  try {
    if (done.bytes === 0) {
      await write(plan.header, 'header');
    } else {
      meter.advance(done.bytes, 'already there');
    }
    for (const planned of plan.tensors.slice(done.tensors)) {
      for await (const bytes of convertTensor(planned, options.quantiser, signal)) {
        throwIfAborted(signal);
        await write(bytes, planned.source.name);
      }
    }
    const expected = hash.digest();
    await out.flush();
    const found = await readBack(out.partialPath, signal, (bytes) =>
      meter.advance(bytes, 'reading back'),
    );
    if (found !== expected) {
      throw new AppError('OUTPUT_FAILED', `${path}: what was written reads back differently`, {
        file: path,
      });
    }
    await out.commit();
    return expected;
  } catch (error) {
    // what is whole serves the next attempt, unless it is what failed
    await out.abandon(error instanceof AppError && error.code === 'OUTPUT_FAILED');
    throw error;
  }
}

/** Finds the whole tensors in what an earlier run left, cuts off the rest, and hashes them. */
async function recover(
  path: string,
  plan: WeightsPlan,
  hash: RunningHash,
  signal: AbortSignal | undefined,
): Promise<{ readonly bytes: number; readonly tensors: number }> {
  const partial = PartialFile.partialPathOf(path);
  const size = (await fileSizeBytes(partial)) ?? 0;
  let bytes = plan.header.byteLength;
  if (size < bytes) {
    return { bytes: 0, tensors: 0 };
  }
  let tensors = 0;
  for (const tensor of plan.tensors) {
    if (bytes + tensor.sizeBytes > size) {
      break;
    }
    bytes += tensor.sizeBytes;
    tensors += 1;
  }
  const source = await openFileSource(partial);
  try {
    const header = await source.read(0, plan.header.byteLength);
    if (header.some((byte, n) => byte !== plan.header[n])) {
      return { bytes: 0, tensors: 0 };
    }
    for (let at = 0; at < bytes; at += SLICE_BYTES) {
      throwIfAborted(signal);
      hash.update(await source.read(at, Math.min(SLICE_BYTES, bytes - at)));
    }
  } finally {
    await source.close();
  }
  await truncateFile(partial, bytes);
  return { bytes, tensors };
}

async function readBack(
  path: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const hash = new RunningHash();
  const source = await openFileSource(path);
  try {
    for (let at = 0; at < source.sizeBytes; at += SLICE_BYTES) {
      throwIfAborted(signal);
      const length = Math.min(SLICE_BYTES, source.sizeBytes - at);
      hash.update(await source.read(at, length));
      onBytes(length);
    }
  } finally {
    await source.close();
  }
  return hash.digest();
}

/** The bytes of a stored tensor, slice by slice. */
async function* convertTensor(
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
      waiting.push(quantiser.quantise({ bytes, dtype, columns, bits }));
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
