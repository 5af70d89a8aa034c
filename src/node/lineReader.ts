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
  { maxLineBytes = MAX_LINE_BYTES, ...options }: ReadLinesOptions = {},
): AsyncGenerator<FileLine> {
  const splitter = new LineSplitter(maxLineBytes);
  for await (const chunk of readChunks(path, options)) {
    yield* splitter.push(chunk);
  }
  yield* splitter.end();
}

/** Makes pieces of a file into lines or whatever else it consists of. */
export interface Splitter {
  push(chunk: Uint8Array): Iterable<FileLine>;
  /** what is left when the file ends */
  end(): Iterable<FileLine>;
}

export class LineSplitter implements Splitter {
  #parts: Uint8Array[] = [];
  #size = 0;
  #line = 1;
  #offset = 0;

  constructor(readonly maxLineBytes = MAX_LINE_BYTES) {}

  *push(chunk: Uint8Array): Generator<FileLine> {
    let from = 0;
    for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
      this.#keep(chunk.subarray(from, to));
      yield this.#finish(true);
      from = to + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  *end(): Generator<FileLine> {
    if (this.#size > 0) {
      yield this.#finish(false);
    }
  }

  #keep(part: Uint8Array): void {
    this.#size += part.byteLength;
    if (this.#size <= this.maxLineBytes) {
      this.#parts.push(part);
    } else {
      this.#parts = [];
    }
  }

  #finish(ended: boolean): FileLine {
    const [line, offset, sizeBytes] = [this.#line, this.#offset, this.#size];
    const bytes =
      sizeBytes > this.maxLineBytes ? undefined : trimLine(Buffer.concat(this.#parts), line === 1);
    this.#offset += sizeBytes + 1;
    this.#line += 1;
    this.#parts = [];
    this.#size = 0;
    return { line, offset, bytes, sizeBytes, ended };
  }
}

/**
 * The bytes of a file, a pipe or a terminal in pieces of any size.
 * @throws AppError as {@link readLines} does
 */
export async function* readChunks(
  path: string,
  { recognise, signal }: Pick<ReadLinesOptions, 'recognise' | 'signal'>,
): AsyncGenerator<Uint8Array> {
  try {
    const stream = await openFileStream(path, signal);
    yield* recognise === undefined ? stream : recognised(stream, recognise);
  } catch (error) {
    if (signal?.aborted === true || error instanceof AppError) {
      throw error;
    }
    throw toFileError(path, error);
  }
}

/**
 * Holds chunks back until enough of them is there to tell what they are: all of that is in the first.
 * @throws what `recognise` throws
 */
export async function* recognised(
  chunks: AsyncIterable<Uint8Array>,
  recognise: Recognise,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] | undefined = [];
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
