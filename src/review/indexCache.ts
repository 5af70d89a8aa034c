// Row indexes on disk, so that a large file is scanned once.

import type { ByteSource } from '../base/byteSource';
import type { BlobCache } from '../node/blobCache';
import { addSamples } from '../node/contentStamp';
import { RunningHash } from '../node/hash';
import { RowIndex } from './rowIndex';

/** Smaller files are scanned faster than their index is looked up. */
const MIN_FILE_BYTES = 32 * 1024 * 1024;

/** Indexes by what a file is and by samples of what it holds: some tools keep a file's time. */
export class IndexCache {
  constructor(readonly blobs: BlobCache) {}

  /**
   * The name under which a file's index is kept, or `undefined` for one that is not worth it.
   * @param identity of the file: path, size and time
   */
  async nameOf(source: ByteSource, identity: string): Promise<string | undefined> {
    if (source.sizeBytes < MIN_FILE_BYTES) {
      return undefined;
    }
    const hash = new RunningHash();
    hash.update(Buffer.from(`rows 2\n${identity}\n`));
    await addSamples(hash, source);
    return hash.digest();
  }

  async read(name: string): Promise<RowIndex | undefined> {
    const bytes = await this.blobs.read(name);
    return bytes === undefined ? undefined : RowIndex.restore(bytes);
  }

  async write(name: string, index: RowIndex): Promise<void> {
    await this.blobs.write(name, index.parts());
  }
}
