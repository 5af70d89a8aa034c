// Files as byte sources.

import { open } from 'node:fs/promises';
import { AppError, errorText } from '../base/errors';
import type { ByteSource } from '../base/byteSource';

/** A byte source that holds an open file. Close it when done. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** @throws AppError `FILE_NOT_FOUND` or `FILE_UNREADABLE` */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw toFileError(path, error);
  });
  const { size } = await handle.stat();
  const readInto = async (target: Uint8Array, offset: number): Promise<void> => {
    const length = target.byteLength;
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle
        .read(target, filled, length - filled, offset + filled)
        .catch((error: unknown) => {
          throw toFileError(path, error);
        });
      if (bytesRead === 0) {
        throw new AppError(
          'FILE_UNREADABLE',
          `${path}: wanted ${length} bytes at ${offset}, the file ends after ${offset + filled}`,
          { file: path },
        );
      }
      filled += bytesRead;
    }
  };
  return {
    name: path,
    sizeBytes: size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      await readInto(bytes, offset);
      return bytes;
    },
    readInto,
    close: () => handle.close(),
  };
}

/** Names a failed file operation by what a person can do about it. */
export function toFileError(path: string, error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new AppError('FILE_NOT_FOUND', `${path}: no such file`, { file: path }, { cause: error })
    : new AppError(
        'FILE_UNREADABLE',
        `${path}: ${errorText(error)}`,
        { file: path },
        { cause: error },
      );
}
