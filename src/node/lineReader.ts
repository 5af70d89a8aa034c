// Lines of a text file of any size, as bytes with their positions.

import { AppError } from '../base/errors';
import { toFileError } from './fileSource';
import { openFileStream } from './fileStream';

export interface FileLine {
  /** from 1; blank lines count */
  readonly line: number;
  /** of the first byte, from the start of the file, byte order mark excluded */
  readonly offset: number;
  /** without the line end; `undefined` when the line is longer than the limit */
  readonly bytes: Uint8Array | undefined;
  readonly sizeBytes: number;
  /** the line was ended by a newline; `false` only for a last line cut short */
  readonly ended: boolean;
}

export interface ReadLinesOptions {
  /** longer lines come without their bytes */
  readonly maxLineBytes?: number;
  /** looks at the start of the file before any line is given */
  readonly recognise?: Recognise;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells from its first bytes whether a file is what is wanted, and throws when it is not. A pipe can't
 * be opened a second time for that.
 * @param isAll no more will be shown: the file ends there, or {@link START_BYTES} are reached
 * @returns `false` to see more first, unless that is all
 */
export type Recognise = (start: Uint8Array, isAll: boolean) => boolean;

/** How much of a file is looked at to tell what it is. */
export const START_BYTES = 64 * 1024;

/** A sample with 64 long candidates has 1 MB; images are paths. This is for hostile files. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

const LF = 10;
const CR = 13;
const BOM = [0xef, 0xbb, 0xbf] as const;

/**
 * Reads lines ended by LF or CRLF. A byte order mark at the start is dropped.
 * @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, or what `recognise` throws
 */
export async function* readLines(
  path: string,
  { maxLineBytes = MAX_LINE_BYTES, recognise, signal }: ReadLinesOptions = {},
): AsyncGenerator<FileLine> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let line = 1;
  let offset = 0;
  const finish = (ended: boolean): FileLine => {
    const bytes = size > maxLineBytes ? undefined : trimLine(Buffer.concat(parts), line === 1);
    const found = { line, offset, bytes, sizeBytes: size, ended };
    offset += size + 1;
    line += 1;
    parts = [];
    size = 0;
    return found;
  };
  const keep = (part: Uint8Array): void => {
    size += part.byteLength;
    if (size <= maxLineBytes) {
      parts.push(part);
    } else {
      parts = [];
    }
  };
  try {
    const stream = await openFileStream(path, signal);
    const chunks = recognise === undefined ? stream : recognised(stream, recognise);
    for await (const chunk of chunks) {
      let from = 0;
      for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
        keep(chunk.subarray(from, to));
        yield finish(true);
        from = to + 1;
      }
      keep(chunk.subarray(from));
    }
  } catch (error) {
    if (signal?.aborted === true || error instanceof AppError) {
      throw error;
    }
    throw toFileError(path, error);
  }
  if (size > 0) {
    yield finish(false);
  }
}

/** Holds chunks back until enough of them is there to tell what they are. */
async function* recognised(
  chunks: AsyncIterable<Buffer>,
  recognise: Recognise,
): AsyncGenerator<Buffer> {
  let held: Buffer[] | undefined = [];
  for await (const chunk of chunks) {
    if (held === undefined) {
      yield chunk;
      continue;
    }
    held.push(chunk);
    const start = Buffer.concat(held);
    const isAll = start.byteLength >= START_BYTES;
    if (recognise(start.subarray(0, START_BYTES), isAll) || isAll) {
      held = undefined;
      yield start;
    }
  }
  if (held !== undefined) {
    const start = Buffer.concat(held);
    recognise(start, true);
    yield start;
  }
}

function trimLine(bytes: Uint8Array, first: boolean): Uint8Array {
  const start = first && BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  const end = bytes.at(-1) === CR ? bytes.byteLength - 1 : bytes.byteLength;
  return bytes.subarray(Math.min(start, end), end);
}
