// Tensors of a PyTorch checkpoint file (`torch.save`, the zip form of torch 1.6 and later).

import type { ByteSource } from '../../../base/byteSource';
import { AppError } from '../../../base/errors';
import { DTYPE_BYTES, elementCount, type TensorInfo } from '../safetensors';
import type { PickleStorage, PickleTensor } from './pickleValue';
import { isKind } from './torchGlobals';
import { MAX_PICKLE_BYTES, unpickle } from './unpickler';
import { readZipDirectory, type ZipEntry } from './zipDirectory';

const MAX_TENSORS = 100_000;

const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];
/** PROTO 2, LONG1 of 10 bytes: how torch before 1.6 starts a file (its magic number) */
const LEGACY_MAGIC = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46];

/**
 * Lists the tensors of a state dict by name. Their bytes stay where they are in the archive.
 * Written from the layout that torch.serialization gives an archive: `<name>/data.pkl`, one entry
 * `<name>/data/<key>` per storage, `<name>/byteorder`.
 * @throws AppError `CHECKPOINT_INVALID` naming the file and what is wrong with it
 */
export async function readTorchFile(source: ByteSource): Promise<ReadonlyMap<string, TensorInfo>> {
  const fail = (what: string): never => {
    throw new AppError('CHECKPOINT_INVALID', `${source.name}: ${what}`, { file: source.name });
  };
  await checkMagic(source, fail);
  const entries = await readZipDirectory(source);
  const pickles = [...entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) {
    return fail(`${pickles.length} entries data.pkl, a PyTorch checkpoint has one`);
  }
  const root = pickle.name.slice(0, -'data.pkl'.length);
  await checkByteOrder(source, entries.get(`${root}byteorder`), fail);
  if (pickle.sizeBytes > MAX_PICKLE_BYTES) {
    fail(`data.pkl has ${pickle.sizeBytes} bytes, at most ${MAX_PICKLE_BYTES} are read`);
  }
  const value = unpickle(await source.read(pickle.offset, pickle.sizeBytes), (at, what) =>
    fail(`data.pkl, byte ${at}: ${what}`),
  );
  if (!isKind(value, 'dict') || value.entries.size === 0) {
    return fail('data.pkl holds no dict of tensors');
  }
  if (value.entries.size > MAX_TENSORS) {
    fail(`${value.entries.size} tensors, at most ${MAX_TENSORS} are read`);
  }
  const tensors = new Map<string, TensorInfo>();
  for (const [name, tensor] of value.entries) {
    if (!isKind(tensor, 'tensor')) {
      return fail(`${name} is not a tensor: is this a training state rather than weights?`);
    }
    const entry = storageEntry(tensor.storage, entries.get(`${root}data/${tensor.storage.key}`));
    tensors.set(
      name,
      typeof entry === 'string' ? fail(entry) : toTensor(name, tensor, entry, source),
    );
  }
  return tensors;
}

type Fail = (what: string) => never;

async function checkMagic(source: ByteSource, fail: Fail): Promise<void> {
  const start = await source.read(0, Math.min(8, source.sizeBytes));
  const startsWith = (magic: readonly number[]): boolean =>
    magic.every((byte, n) => start[n] === byte);
  if (startsWith(LEGACY_MAGIC)) {
    fail(
      'written in the format of PyTorch before 1.6, which is not read: ' +
        'load it with torch and save it again, or use the safetensors files',
    );
  }
  if (!startsWith(ZIP_MAGIC)) {
    fail('not a PyTorch checkpoint (no zip archive)');
  }
}

async function checkByteOrder(
  source: ByteSource,
  entry: ZipEntry | undefined,
  fail: Fail,
): Promise<void> {
  // absent before torch 2.1, where it was the order of the machine, in practice little
  if (entry === undefined) {
    return;
  }
  const text =
    entry.sizeBytes > 16
      ? ''
      : new TextDecoder().decode(await source.read(entry.offset, entry.sizeBytes));
  if (text !== 'little') {
    fail(`its byte order is ${JSON.stringify(text)}, only "little" is read`);
  }
}

/** @returns the storage's entry, or what is wrong with it */
function storageEntry(
  { key, dtype, elements }: PickleStorage,
  entry: ZipEntry | undefined,
): ZipEntry | string {
  const wanted = elements * DTYPE_BYTES[dtype];
  if (entry === undefined) {
    return `the storage data/${key} is missing`;
  }
  return entry.sizeBytes === wanted
    ? entry
    : `data/${key} has ${entry.sizeBytes} bytes, its ${elements} ${dtype} elements take ${wanted}`;
}

function toTensor(
  name: string,
  { storage, offset, shape }: PickleTensor,
  entry: ZipEntry,
  source: ByteSource,
): TensorInfo {
  const elementBytes = DTYPE_BYTES[storage.dtype];
  return {
    name,
    dtype: storage.dtype,
    shape,
    offset: entry.offset + offset * elementBytes,
    sizeBytes: elementCount(shape) * elementBytes,
    source,
  };
}
