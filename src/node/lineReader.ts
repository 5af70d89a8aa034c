// Lines of a text file of any size, as bytes with their positions.

import { createReadStream } from 'node:fs';
import { toFileError } from './fileSource';

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
  readonly signal?: AbortSignal | undefined;
}

/** A sample with 64 long candidates has 1 MB; images are paths. This is for hostile files. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

const LF = 10;
const CR = 13;
const BOM = [0xef, 0xbb, 0xbf] as const;

/**
 * Reads lines ended by LF or CRLF. A byte order mark at the start is dropped.
 * @throws AppError `FILE_NOT_FOUND` or `FILE_UNREADABLE`
 */
export async function* readLines(
  path: string,
  { maxLineBytes = MAX_LINE_BYTES, signal }: ReadLinesOptions = {},
): AsyncGenerator<FileLine> {
  const stream = createReadStream(path, { highWaterMark: 1 << 18, signal });
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
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let from = 0;
      for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
        keep(chunk.subarray(from, to));
        yield finish(true);
        from = to + 1;
      }
      keep(chunk.subarray(from));
    }
  } catch (error) {
    if (signal?.aborted === true) {
      throw error;
    }
    throw toFileError(path, error);
  }
  if (size > 0) {
    yield finish(false);
  }
}

function trimLine(bytes: Uint8Array, first: boolean): Uint8Array {
  const start = first && BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  const end = bytes.at(-1) === CR ? bytes.byteLength - 1 : bytes.byteLength;
  return bytes.subarray(Math.min(start, end), end);
}
