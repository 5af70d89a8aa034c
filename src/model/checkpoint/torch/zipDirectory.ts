// The directory of a zip archive whose entries are read in place.

import yauzl from 'yauzl';
import type { ByteSource } from '../../../base/byteSource';
import { AppError, errorText } from '../../../base/errors';

/** One stored entry: its bytes stand in the archive as they are. */
export interface ZipEntry {
  readonly name: string;
  /** of its first byte, from the start of the archive */
  readonly offset: number;
  readonly sizeBytes: number;
}

// A shard of the 7B checkpoint has about 400 entries.
const MAX_ENTRIES = 200_000;
const STORED = 0;

/**
 * Lists an archive (zip and zip64) in which everything is stored without compression, as torch
 * writes it: compressed or encrypted entries, two entries of one name and ranges that share bytes
 * are refused. Each byte of the archive stands for itself, so nothing can expand.
 * @throws AppError `CHECKPOINT_INVALID` naming the archive and the entry
 */
export async function readZipDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const zip = await yauzl
    .fromRandomAccessReaderPromise(new SourceReader(source), source.sizeBytes, {
      autoClose: false,
    })
    .catch((error: unknown) => {
      throw toZipError(source, error);
    });
  try {
    if (zip.entryCount > MAX_ENTRIES) {
      throw invalid(source, `${zip.entryCount} entries, at most ${MAX_ENTRIES} are read`);
    }
    const entries = new Map<string, ZipEntry>();
    for await (const entry of zip.eachEntry()) {
      const { fileName: name, uncompressedSize: sizeBytes } = entry;
      if (entry.isEncrypted() || entry.compressionMethod !== STORED) {
        throw invalid(
          source,
          `${name} is compressed or encrypted (a TorchScript program?): torch.save does neither`,
        );
      }
      if (entries.has(name)) {
        throw invalid(source, `the archive holds ${name} twice`);
      }
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      entries.set(name, { name, offset: fileDataStart, sizeBytes });
    }
    checkRanges(source, [...entries.values()]);
    return entries;
  } catch (error) {
    throw toZipError(source, error);
  } finally {
    zip.close();
  }
}

function checkRanges(source: ByteSource, entries: ZipEntry[]): void {
  let end = 0;
  let before = '';
  for (const { name, offset, sizeBytes } of entries.sort((a, b) => a.offset - b.offset)) {
    if (!Number.isSafeInteger(offset + sizeBytes) || offset + sizeBytes > source.sizeBytes) {
      throw invalid(source, `${name} ends after the end of the file (is the download complete?)`);
    }
    if (offset < end) {
      throw invalid(source, `${name} overlaps ${before}`);
    }
    end = offset + sizeBytes;
    before = name;
  }
}

/** Gives the zip library the bytes of a source. */
class SourceReader extends yauzl.RandomAccessReader {
  constructor(readonly source: ByteSource) {
    super();
  }

  override read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    if (position + length > this.source.sizeBytes) {
      callback(new Error(`the directory points to byte ${position}, after the end of the file`));
      return;
    }
    this.source.read(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(errorText(error))),
    );
  }
}

function toZipError(source: ByteSource, error: unknown): AppError {
  return error instanceof AppError
    ? error
    : invalid(source, `the zip archive is damaged or incomplete: ${errorText(error)}`);
}

function invalid(source: ByteSource, what: string): AppError {
  return new AppError('CHECKPOINT_INVALID', `${source.name}: ${what}`, { file: source.name });
}
