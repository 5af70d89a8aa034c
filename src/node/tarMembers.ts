// Members of a tar archive, one after the other: names inside it are labels, never paths.

import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { AppError, errorText } from '../base/errors';

const BLOCK_BYTES = 512;
const MARK = 'ustar';
const MARK_OFFSET = 257;

/** This many bytes tell an archive. */
export const TAR_START_BYTES = MARK_OFFSET + MARK.length;

export function isTar(start: Uint8Array): boolean {
  const found = start.subarray(MARK_OFFSET, TAR_START_BYTES);
  return Buffer.from(found).toString('latin1') === MARK;
}

/** A file of the archive. Its content is read to its end before the next member is asked for, or not at all. */
export interface TarMember {
  readonly name: string;
  /** of its header in the unpacked archive, in bytes */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The plain files; folders and links are passed over.
 * @throws AppError `FILE_UNREADABLE` where the archive is damaged or cut, and what `chunks` throws
 */
export async function* tarMembers(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<TarMember> {
  const archive = extract();
  const end = new EndWatcher();
  const source = Readable.from(end.watch(chunks), { objectMode: false });
  source.once('error', (error) => archive.destroy(error));
  source.pipe(archive);
  let last = 0;
  try {
    for await (const entry of archive) {
      const { name, size, type } = entry.header;
      if (type === 'file' || type === 'contiguous-file') {
        const content = pieces(entry, (why) => damaged(path, entry.offset, end.bytes, why));
        yield { name, offset: entry.offset, sizeBytes: size, content };
        last = entry.offset + BLOCK_BYTES * (1 + Math.ceil(size / BLOCK_BYTES));
      }
      // what nobody read
      entry.resume();
    }
  } catch (error) {
    throw error instanceof AppError ? error : damaged(path, last, end.bytes, errorText(error));
  } finally {
    source.destroy();
    archive.destroy();
  }
  if (!end.isMarked) {
    throw damaged(path, last, end.bytes, 'it has no end');
  }
}

async function* pieces(
  entry: AsyncIterable<unknown>,
  toError: (why: string) => AppError,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of entry) {
      yield piece as Uint8Array;
    }
  } catch (error) {
    throw error instanceof AppError ? error : toError(errorText(error));
  }
}

/** @param offset where what was whole ends */
function damaged(path: string, offset: number, readBytes: number, why: string): AppError {
  const message = `${path}: the archive is damaged or cut from byte ${offset} on (${readBytes} were read): ${why}`;
  return new AppError('FILE_UNREADABLE', message, { file: path, offset });
}

/** An archive ends with blocks of zeros: one that was cut between two members has none. */
class EndWatcher {
  bytes = 0;
  #last = Buffer.alloc(0);

  get isMarked(): boolean {
    return this.#last.length === BLOCK_BYTES && this.#last.every((byte) => byte === 0);
  }

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.bytes += chunk.byteLength;
      const tail = chunk.byteLength >= BLOCK_BYTES ? [chunk] : [this.#last, chunk];
      this.#last = Buffer.from(Buffer.concat(tail).subarray(-BLOCK_BYTES));
      yield chunk;
    }
  }
}
