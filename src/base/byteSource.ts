// Random access to bytes, wherever they are: everything that parses reads through this.

import { AppError } from './errors';

export interface ByteSource {
  /** What it is, for messages; usually a path. */
  readonly name: string;
  readonly sizeBytes: number;
  /**
   * Reads exactly `length` bytes at `offset`.
   * @throws AppError `FILE_UNREADABLE` when the range ends past the source or reading fails
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes already in memory. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    sizeBytes: bytes.byteLength,
    read(offset, length) {
      return offset + length > bytes.byteLength
        ? Promise.reject(
            new AppError(
              'FILE_UNREADABLE',
              `${name}: wanted ${length} bytes at ${offset}, there are ${bytes.byteLength}`,
            ),
          )
        : Promise.resolve(bytes.subarray(offset, offset + length));
    },
  };
}
