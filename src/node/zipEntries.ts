// Named files out of a zip archive, with limits: the archive comes from the internet.

import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { throwIfAborted } from '../base/abort';
import { AppError, errorText } from '../base/errors';
import { PartialFile } from './atomicFile';

/** A file of an archive and where it goes. Names inside the archive never decide that. */
export interface WantedEntry {
  readonly name: string;
  readonly path: string;
}

const MAX_ENTRIES = 10_000;

/**
 * Extracts the wanted files and nothing else; each appears whole, or not at all.
 * @param maxBytes for each file, unpacked
 * @throws AppError `DOWNLOAD_FAILED` for an archive that is damaged, too large or lacks one of
 *   them, `OUTPUT_FAILED` or `CANCELLED`
 */
export async function extractEntries(
  archive: string,
  wanted: readonly WantedEntry[],
  maxBytes: number,
  signal?: AbortSignal,
): Promise<void> {
  const fail = (why: string): AppError =>
    new AppError('DOWNLOAD_FAILED', `${archive}: ${why}`, { file: archive });
  const missing = new Map(wanted.map((entry) => [entry.name, entry]));
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
    if (zip.entryCount > MAX_ENTRIES) {
      throw fail(`${zip.entryCount} entries, at most ${MAX_ENTRIES} are read`);
    }
    for await (const entry of zip.eachEntry()) {
      throwIfAborted(signal);
      const target = missing.get(entry.fileName);
      if (target !== undefined) {
        missing.delete(entry.fileName);
        if (entry.uncompressedSize > maxBytes) {
          throw fail(`${entry.fileName} has ${entry.uncompressedSize} bytes, at most ${maxBytes}`);
        }
        await extract(zip, entry, target.path, signal);
      }
    }
  } catch (error) {
    throw error instanceof AppError ? error : fail(errorText(error));
  } finally {
    zip?.close();
  }
  const [first] = missing.keys();
  if (first !== undefined) {
    throw fail(`holds no ${first}`);
  }
}

async function extract(
  zip: ZipFile,
  entry: Entry,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const out = await PartialFile.create(path);
  try {
    // yauzl itself fails when the content is longer than its header says
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      throwIfAborted(signal);
      await out.write(chunk as Uint8Array);
    }
  } catch (error) {
    await out.abandon(true);
    throw error;
  }
  await out.commit();
}
