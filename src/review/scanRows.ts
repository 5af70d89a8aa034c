// Finds the rows of a file: every line that holds more than white space, or every element of a list.

import { throwIfAborted } from '../base/abort';
import type { ByteSource } from '../base/byteSource';
import { ElementFinder, type ElementContainer } from '../formats/jsonElements';
import { containerOf, requireClosed } from '../formats/rowContainer';
import { START_BYTES } from '../node/lineReader';
import type { RowIndex } from './rowIndex';

/** Read at once: large enough to be fast, small enough that others get their turn. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const LF = 10;
const SPACE = 32;
/** Byte order mark: no ink. */
const MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * Adds a file's rows to an index. Sizes are without line ends; the first line may hold a byte order
 * mark, and lines may end in a carriage return.
 * @param onProgress after each piece, with the bytes that are done
 * @throws AppError `FILE_UNREADABLE`, `CANCELLED`, or `ROW_NOT_JSON` for a list without an end
 */
export async function scanRows(
  source: ByteSource,
  index: RowIndex,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const start = await source.read(0, Math.min(START_BYTES, source.sizeBytes));
  const container = containerOf(start);
  await (container === 'lines'
    ? scanLines(source, index, onProgress, signal)
    : scanElements(container, source, index, onProgress, signal));
}

/** The line of the text, from 1, on which a byte lies. @throws AppError as {@link scanRows} does */
export async function lineOfByte(
  source: ByteSource,
  offset: number,
  signal: AbortSignal,
): Promise<number> {
  let line = 1;
  for await (const [part, start] of chunksOf(source, signal)) {
    const before = part.subarray(0, Math.max(0, offset - start));
    for (let at = before.indexOf(LF); at >= 0; at = before.indexOf(LF, at + 1)) {
      line += 1;
    }
    if (start + part.length >= offset) {
      break;
    }
  }
  return line;
}

/** Elements are numbered from 1 in place of lines. */
async function scanElements(
  container: ElementContainer,
  source: ByteSource,
  index: RowIndex,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const finder = new ElementFinder(container);
  const add = (found: ReturnType<ElementFinder['push']>): void => {
    for (const { start, end } of found) {
      index.push(index.count + 1, start, end - start);
    }
  };
  for await (const [part, offset] of chunksOf(source, signal)) {
    add(finder.push(part));
    onProgress(offset + part.length);
  }
  const { isCut } = finder;
  add(finder.end());
  if (!isCut) {
    requireClosed(finder, source.name, source.sizeBytes);
  }
}

/** Pieces of a file with their offsets; each is good until the next is asked for. */
async function* chunksOf(
  source: ByteSource,
  signal: AbortSignal,
): AsyncGenerator<readonly [part: Uint8Array, offset: number]> {
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, source.sizeBytes));
  for (let offset = 0; offset < source.sizeBytes; offset += chunk.length) {
    throwIfAborted(signal);
    const part = chunk.subarray(0, Math.min(chunk.length, source.sizeBytes - offset));
    await source.readInto(part, offset);
    yield [part, offset];
  }
}

async function scanLines(
  source: ByteSource,
  index: RowIndex,
  onProgress: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let line = 1;
  let start = 0; // of the line
  let hasInk = false;
  for await (const [part, offset] of chunksOf(source, signal)) {
    let from = offset === 0 && MARK.every((byte, at) => part[at] === byte) ? MARK.length : 0;
    for (let to = part.indexOf(LF); to >= 0; to = part.indexOf(LF, from)) {
      if (hasInk || holdsInk(part, from, to)) {
        index.push(line, start, offset + to - start);
      }
      hasInk = false;
      line += 1;
      from = to + 1;
      start = offset + from;
    }
    hasInk ||= holdsInk(part, from, part.length);
    onProgress(offset + part.length);
  }
  if (hasInk) {
    index.push(line, start, source.sizeBytes - start);
  }
}

/** More than white space and control characters. */
function holdsInk(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if ((bytes[at] ?? 0) > SPACE) {
      return true;
    }
  }
  return false;
}
