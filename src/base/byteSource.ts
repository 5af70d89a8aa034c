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
  /** Fills `target` with what lies at `offset`. @throws AppError as `read` */
  readInto(target: Uint8Array, offset: number): Promise<void>;
}

/** A source over bytes already in memory. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (offset + length > bytes.byteLength) {
      throw new AppError(
        'FILE_UNREADABLE',
        `${name}: wanted ${length} bytes at ${offset}, there are ${bytes.byteLength}`,
      );
    }
    return bytes.subarray(offset, offset + length);
  };
  return {
    name,
    sizeBytes: bytes.byteLength,
    read,
    readInto: async (target, offset) => target.set(await read(offset, target.byteLength)),
  };
}
