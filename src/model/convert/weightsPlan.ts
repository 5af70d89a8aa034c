// Where every weight will lie: known before a byte of data is written.

import { elementCount, type Dtype, type TensorInfo } from '../checkpoint/safetensors';
import type { FloatDtype } from '../checkpoint/floats';
import type { ExpectedTensor } from '../checkpoint/expectedTensors';
import type { DataLocation, WeightMap } from '../onnx/weightLocation';
import { BLOCK_SIZE } from './quantise';
import { storageOf, type AccuracyLevels, type Precision, type Storage } from './storage';

/** One tensor of the checkpoint and what becomes of it. */
export interface PlannedTensor {
  readonly source: TensorInfo;
  readonly storage: Storage;
  /** bytes it takes, scales included */
  readonly sizeBytes: number;
}

/** Header, content and layout of a weights file. */
export interface WeightsPlan {
  readonly header: Uint8Array;
  readonly tensors: readonly PlannedTensor[];
  readonly locations: WeightMap;
  readonly sizeBytes: number;
}

/** Stored element types that the graphs read, by their safetensors names. */
const FLOAT_TYPES = { F32: 'float', F16: 'float16', BF16: 'bfloat16' } as const;

/** @throws RangeError for a type that is no float */
export function requireFloat({ name, dtype }: TensorInfo): FloatDtype {
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') {
    throw new RangeError(`${name} is ${dtype}`);
  }
  return dtype;
}

/** Whether every weight stays as it is in the checkpoint's own files. */
export function keepsEverything(
  expected: readonly ExpectedTensor[],
  found: ReadonlyMap<string, TensorInfo>,
  precision: Precision,
): boolean {
  return expected.every((tensor) => {
    const source = found.get(tensor.name);
    return source !== undefined && storageOf(tensor, source.dtype, precision).kind === 'keep';
  });
}

/** Locations in the checkpoint's own files. @param fileOf name of a source in the model folder */
export function locateInSources(
  expected: readonly ExpectedTensor[],
  found: ReadonlyMap<string, TensorInfo>,
  fileOf: (source: TensorInfo['source']) => string,
): WeightMap {
  return new Map(
    expected.map(({ name, shape }) => {
      const source = tensorOf(found, name);
      return [
        name,
        {
          kind: 'float' as const,
          type: FLOAT_TYPES[requireFloat(source)],
          shape,
          data: { file: fileOf(source.source), offset: source.offset, sizeBytes: source.sizeBytes },
        },
      ];
    }),
  );
}

/** Lays the tensors out one after the other in a new safetensors file, in the order given. */
export function planWeights(
  file: string,
  expected: readonly ExpectedTensor[],
  found: ReadonlyMap<string, TensorInfo>,
  {
    precision,
    accuracyLevels,
  }: { readonly precision: Precision; readonly accuracyLevels: AccuracyLevels },
): WeightsPlan {
  const layout = new Layout();
  const tensors: PlannedTensor[] = [];
  const place: ((dataStart: number) => [string, NonNullable<ReturnType<WeightMap['get']>>])[] = [];
  for (const tensor of expected) {
    const source = tensorOf(found, tensor.name);
    const storage = storageOf(tensor, source.dtype, precision);
    const before = layout.end;
    if (storage.kind === 'blocks') {
      const [out, input] = [tensor.shape[0] ?? 0, tensor.shape[1] ?? 0];
      const blocks = Math.ceil(input / BLOCK_SIZE);
      const bytesPerBlock = (BLOCK_SIZE * storage.bits) / 8;
      const codes = layout.add(`${tensor.name}.codes`, 'U8', [out, blocks, bytesPerBlock]);
      const scales = layout.add(`${tensor.name}.scales`, 'F32', [out, blocks]);
      place.push((dataStart) => [
        tensor.name,
        {
          kind: 'blocks',
          shape: [out, input],
          bits: storage.bits,
          blockSize: BLOCK_SIZE,
          accuracyLevel: accuracyLevels[storage.bits],
          codes: codes(file, dataStart),
          scales: scales(file, dataStart),
        },
      ]);
    } else {
      const dtype = storage.kind === 'float16' ? 'F16' : requireFloat(source);
      const data = layout.add(tensor.name, dtype, tensor.shape);
      place.push((dataStart) => [
        tensor.name,
        {
          kind: 'float',
          type: FLOAT_TYPES[dtype],
          shape: tensor.shape,
          data: data(file, dataStart),
        },
      ]);
    }
    tensors.push({ source, storage, sizeBytes: layout.end - before });
  }
  const header = layout.header();
  return {
    header,
    tensors,
    locations: new Map(place.map((at) => at(header.byteLength))),
    sizeBytes: header.byteLength + layout.end,
  };
}

const BYTES = { F32: 4, F16: 2, BF16: 2, U8: 1 } as const satisfies Partial<Record<Dtype, number>>;

/** The header of a safetensors file as it grows (layout: huggingface/safetensors, README "Format"). */
class Layout {
  readonly #entries: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  end = 0;

  add(
    name: string,
    dtype: keyof typeof BYTES,
    shape: readonly number[],
  ): (file: string, dataStart: number) => DataLocation {
    const begin = this.end;
    const sizeBytes = BYTES[dtype] * elementCount(shape);
    this.end += sizeBytes;
    this.#entries[name] = { dtype, shape, data_offsets: [begin, this.end] };
    return (file, dataStart) => ({ file, offset: dataStart + begin, sizeBytes });
  }

  header(): Uint8Array {
    const json = new TextEncoder().encode(JSON.stringify(this.#entries));
    // padded with spaces to a multiple of 8, as the format asks
    const headerBytes = Math.ceil(json.byteLength / 8) * 8;
    const header = new Uint8Array(8 + headerBytes).fill(0x20);
    new DataView(header.buffer).setBigUint64(0, BigInt(headerBytes), true);
    header.set(json, 8);
    return header;
  }
}

function tensorOf(found: ReadonlyMap<string, TensorInfo>, name: string): TensorInfo {
  const tensor = found.get(name);
  if (tensor === undefined) {
    throw new RangeError(`no tensor ${name}`);
  }
  return tensor;
}
