// What every kind of image has: a size in its header, and a picture.

import type { ByteSource } from '../base/byteSource';
import type { PixelSize } from './mediaFaults';
import type { RgbImage } from './rgbImage';

/** An image file, or an image inside a file. */
export interface ImageSource extends ByteSource {
  /** set when the source is a whole file of the file system, which a library can open itself */
  readonly path?: string;
}

export interface ImageCodec {
  /** Reads the header only. The size is that of the decoded picture. */
  readSize(source: ImageSource): Promise<PixelSize>;
  /** @param size what {@link readSize} gave; it has passed the pixel limit */
  decode(source: ImageSource, size: PixelSize): Promise<RgbImage>;
}

/** Decoders that need a file in memory read no more than this. */
const MAX_FILE_BYTES = 2 ** 30;

/** The first `count` bytes, or all when there are fewer. */
export function readHead(source: ByteSource, count: number): Promise<Uint8Array> {
  return source.read(0, Math.min(count, source.sizeBytes));
}

/**
 * Reads as much of a file's beginning as a parser needs.
 * @param parse returns `undefined` when it needs more; `whole` says that there is no more
 * @throws Error when the whole file is not enough
 */
export async function readUntil<T>(
  source: ByteSource,
  parse: (head: Uint8Array, whole: boolean) => T | undefined,
): Promise<T> {
  const limit = Math.min(source.sizeBytes, MAX_FILE_BYTES);
  for (let count = 1 << 16; ; count *= 8) {
    const parsed = parse(await readHead(source, Math.min(count, limit)), count >= limit);
    if (parsed !== undefined) {
      return parsed;
    }
    if (count >= limit) {
      throw new Error(`the file ends too early, after ${limit} bytes`);
    }
  }
}

/**
 * The rest of a file from `at`, or `length` bytes of it, for decoders that need it in memory.
 * @throws Error when that is too much, or not there
 */
export function readPart(source: ByteSource, at: number, length?: number): Promise<Uint8Array> {
  const wanted = length ?? source.sizeBytes - at;
  if (wanted > MAX_FILE_BYTES) {
    throw new Error(`${wanted} bytes, at most ${MAX_FILE_BYTES} are read`);
  }
  if (wanted < 0 || at + wanted > source.sizeBytes) {
    throw new Error(
      `the file ends too early: ${wanted} bytes at ${at} of ${source.sizeBytes} are wanted`,
    );
  }
  return source.read(at, wanted);
}
