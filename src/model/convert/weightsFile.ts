// The converted weights: one safetensors file, into which the ONNX graphs point.

import { throwIfAborted } from '../../base/abort';
import type { Progress } from '../../base/progress';
import { PartialFile } from '../../node/atomicFile';
import { toFloat32 } from '../checkpoint/floats';
import type { TensorInfo } from '../checkpoint/safetensors';
import type { WeightLocation } from '../onnx/graphBuilder';

/** Header and layout of a weights file, known before a byte of data is written. */
export interface WeightsPlan {
  readonly header: Uint8Array;
  readonly order: readonly string[];
  readonly locations: ReadonlyMap<string, WeightLocation>;
  readonly sizeBytes: number;
}

/** Lays the tensors out one after the other as float32, in the order given. */
export function planWeights(
  file: string,
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
): WeightsPlan {
  const entries: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  const ranges = tensors.map(({ name, shape }) => {
    const begin = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    entries[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
    return { name, shape, begin, sizeBytes: end - begin };
  });
  const json = new TextEncoder().encode(JSON.stringify(entries));
  // padded with spaces to a multiple of 8, as the format asks
  const headerBytes = Math.ceil(json.byteLength / 8) * 8;
  const header = new Uint8Array(8 + headerBytes).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(headerBytes), true);
  header.set(json, 8);
  const locations = new Map(
    ranges.map(({ name, shape, begin, sizeBytes }) => [
      name,
      { file, offset: header.byteLength + begin, sizeBytes, type: 'float' as const, shape },
    ]),
  );
  return {
    header,
    order: tensors.map((tensor) => tensor.name),
    locations,
    sizeBytes: header.byteLength + end,
  };
}

// One tensor is converted in slices of this many bytes, so that memory stays bounded.
const SLICE_BYTES = 16 * 1024 * 1024;

/** Streams the tensors into the file. Nothing appears under `path` until all of it is there. */
export async function writeWeights(
  path: string,
  plan: WeightsPlan,
  tensors: ReadonlyMap<string, TensorInfo>,
  onProgress: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<void> {
  const out = await PartialFile.create(path);
  try {
    await out.write(plan.header);
    let done = plan.header.byteLength;
    for (const name of plan.order) {
      const tensor = tensors.get(name);
      if (tensor === undefined) {
        throw new RangeError(`no tensor ${name}`);
      }
      for await (const floats of readFloats(tensor)) {
        throwIfAborted(signal);
        await out.write(new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength));
        done += floats.byteLength;
        onProgress({ done, total: plan.sizeBytes, unit: 'bytes', label: name });
      }
    }
    await out.commit();
  } catch (error) {
    await out.abandon(true);
    throw error;
  }
}

async function* readFloats(tensor: TensorInfo): AsyncGenerator<Float32Array> {
  const { dtype } = tensor;
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') {
    throw new RangeError(`${tensor.name} is ${dtype}`);
  }
  for (let at = 0; at < tensor.sizeBytes; at += SLICE_BYTES) {
    const length = Math.min(SLICE_BYTES, tensor.sizeBytes - at);
    yield toFloat32(await tensor.source.read(tensor.offset + at, length), dtype);
  }
}
