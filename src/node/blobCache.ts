// Byte blobs in a folder, by name: the newest used stay, up to a size. Several processes may share it.

import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { RunningHash, randomId } from './hash';

const SUFFIX = '.blob';
const TEMPORARY = '.tmp';
const HASH_BYTES = 32;
/** Cleared down to this share of the limit, so that not every write has to clear. */
const KEPT_SHARE = 0.9;
/** What a process left behind that ended while it wrote. */
const STALE_MS = 60 * 60 * 1000;

/**
 * Reads and writes never fail: what can't be read is not there, what can't be written is told to
 * `onFault`. A blob appears whole (temporary file, rename) and is checked by its SHA-256 when read;
 * one that another process removes while it is read is read to its end.
 */
export class BlobCache {
  constructor(
    readonly folder: string,
    readonly limitBytes: number,
    readonly onFault: (error: unknown) => void,
  ) {}

  /** @param name hexadecimal digits @returns `undefined` when it is not there, or damaged */
  async read(name: string): Promise<Uint8Array | undefined> {
    const file = this.#fileOf(name);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) {
      return undefined;
    }
    const content = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).subarray(
      HASH_BYTES,
    );
    if (hashOf([content]) !== bytes.subarray(0, HASH_BYTES).toString('hex')) {
      this.onFault(new RangeError(`${file} is damaged`));
      await rm(file, { force: true }).catch(this.onFault);
      return undefined;
    }
    const now = new Date();
    // the folder may be read-only, or the blob be gone by now
    await utimes(file, now, now).catch(() => undefined);
    return content;
  }

  /** Stores the parts one behind the other, and makes room for them. */
  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const sizeBytes = HASH_BYTES + parts.reduce((sum, part) => sum + part.length, 0);
    if (sizeBytes > this.limitBytes) {
      return;
    }
    const temporary = path.join(this.folder, `${randomId()}${TEMPORARY}`);
    try {
      await mkdir(this.folder, { recursive: true });
      await this.#makeRoom(sizeBytes);
      const handle = await open(temporary, 'wx');
      try {
        await handle.writev([Buffer.from(hashOf(parts), 'hex'), ...parts]);
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#fileOf(name));
    } catch (error) {
      this.onFault(error);
      // where nothing can be written there is nothing to remove
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  /** Removes the blobs that were not used for longest until `sizeBytes` more fit. */
  async #makeRoom(sizeBytes: number): Promise<void> {
    const blobs: { readonly file: string; readonly usedMs: number; readonly sizeBytes: number }[] =
      [];
    for (const name of await readdir(this.folder)) {
      const file = path.join(this.folder, name);
      // another process may have removed it
      const found = await stat(file).catch(() => undefined);
      if (found === undefined) {
        continue;
      }
      if (name.endsWith(SUFFIX)) {
        blobs.push({ file, usedMs: found.mtimeMs, sizeBytes: found.size });
      } else if (name.endsWith(TEMPORARY) && Date.now() - found.mtimeMs > STALE_MS) {
        await rm(file, { force: true });
      }
    }
    let total = sizeBytes + blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
    if (total <= this.limitBytes) {
      return;
    }
    for (const blob of blobs.sort((a, b) => a.usedMs - b.usedMs)) {
      if (total <= KEPT_SHARE * this.limitBytes) {
        break;
      }
      await rm(blob.file, { force: true });
      total -= blob.sizeBytes;
    }
  }

  #fileOf(name: string): string {
    return path.join(this.folder, name + SUFFIX);
  }
}

function hashOf(parts: readonly Uint8Array[]): string {
  const hash = new RunningHash();
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest();
}
