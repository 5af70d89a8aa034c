// Tells versions of files apart, large ones by samples of what they hold: some tools keep a file's time.

import type { ByteSource } from '../base/byteSource';
import { openFileSource } from './fileSource';
import { fileIdentity } from './folder';
import { RunningHash } from './hash';

const SAMPLES = 64;
const SAMPLE_BYTES = 4096;

/** Adds pieces from all over the file; all of a small one. */
export async function addSamples(hash: RunningHash, source: ByteSource): Promise<void> {
  const { sizeBytes } = source;
  if (sizeBytes <= SAMPLES * SAMPLE_BYTES) {
    hash.update(await source.read(0, sizeBytes));
    return;
  }
  const last = sizeBytes - SAMPLE_BYTES;
  for (let n = 0; n < SAMPLES; n += 1) {
    hash.update(await source.read(Math.floor((n * last) / (SAMPLES - 1)), SAMPLE_BYTES));
  }
}

/**
 * Of path, size, time and samples.
 * @returns empty when the file can't be read, so that it differs when it can
 */
export async function contentStamp(path: string): Promise<string> {
  try {
    const hash = new RunningHash();
    hash.update(Buffer.from(await fileIdentity(path)));
    const source = await openFileSource(path);
    try {
      await addSamples(hash, source);
    } finally {
      await source.close();
    }
    return hash.digest();
  } catch {
    return '';
  }
}
