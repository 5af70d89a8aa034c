// Reads the header of a safetensors file: names, types, shapes and byte ranges of its tensors.

import { AppError } from '../../base/errors';
import type { ByteSource } from '../../base/byteSource';

/** Bytes per element of the types that checkpoints may hold. */
export const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** One tensor on disk. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** of the first byte, from the start of `source` */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly source: ByteSource;
}

// Limits on what a file from the internet may make us allocate. The 7B checkpoint has 1,100
// tensors and a header of 150 kB. The format allows headers of 100 MB, but as JSON such a one takes
// the process to several gigabytes before a single tensor is looked at.
const MAX_HEADER_BYTES = 8 * 1024 * 1024;
const MAX_TENSORS = 100_000;
const MAX_DIMENSIONS = 8;

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Reads and checks a header (layout: huggingface/safetensors, README "Format").
 * @throws AppError `CHECKPOINT_INVALID` naming the file and what is wrong with it
 */
export async function readSafetensorsHeader(
  source: ByteSource,
): Promise<ReadonlyMap<string, TensorInfo>> {
  const fail = (what: string): never => {
    throw new AppError('CHECKPOINT_INVALID', `${source.name}: ${what}`, { file: source.name });
  };
  if (source.sizeBytes < 8) {
    fail('too short for a safetensors file');
  }
  const lengthBytes = await source.read(0, 8);
  const headerBytes = Number(
    new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getBigUint64(0, true),
  );
  if (headerBytes + 8 > source.sizeBytes) {
    fail(`the header claims ${headerBytes} bytes, the file has ${source.sizeBytes}`);
  }
  if (headerBytes > MAX_HEADER_BYTES) {
    fail(`the header has ${headerBytes} bytes, at most ${MAX_HEADER_BYTES} are read`);
  }
  const header = parseHeader(await source.read(8, headerBytes), fail);
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (entries.length > MAX_TENSORS) {
    fail(`${entries.length} tensors, at most ${MAX_TENSORS} are read`);
  }
  const dataStart = 8 + headerBytes;
  const tensors = new Map<string, TensorInfo>();
  for (const [name, value] of entries) {
    tensors.set(name, toTensor(name, value, dataStart, source, fail));
  }
  return tensors;
}

type Fail = (what: string) => never;

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return fail('the header is not JSON');
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : fail('the header is not a JSON object');
}

function toTensor(
  name: string,
  value: unknown,
  dataStart: number,
  source: ByteSource,
  fail: Fail,
): TensorInfo {
  const entry = value as { dtype?: unknown; shape?: unknown; data_offsets?: unknown } | null;
  if (typeof entry !== 'object' || entry === null) {
    return fail(`tensor ${name}: not an object`);
  }
  const { dtype, shape, data_offsets: range } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    const shown = typeof dtype === 'string' ? dtype.slice(0, 40) : `a ${typeof dtype}`;
    return fail(`tensor ${name}: type ${shown} is not supported`);
  }
  if (!isSizes(shape) || shape.length > MAX_DIMENSIONS) {
    return fail(`tensor ${name}: its shape is not a list of at most ${MAX_DIMENSIONS} sizes`);
  }
  if (!isSizes(range) || range.length !== 2) {
    return fail(`tensor ${name}: its data_offsets are not two positions`);
  }
  const [begin = 0, end = 0] = range;
  const sizeBytes = elementCount(shape) * DTYPE_BYTES[dtype as Dtype];
  if (end - begin !== sizeBytes) {
    return fail(`tensor ${name}: ${end - begin} bytes for ${sizeBytes} bytes of ${dtype}`);
  }
  if (dataStart + end > source.sizeBytes) {
    return fail(`tensor ${name}: ends after the end of the file (is the download complete?)`);
  }
  return { name, dtype: dtype as Dtype, shape, offset: dataStart + begin, sizeBytes, source };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && Number(n) >= 0);
}
