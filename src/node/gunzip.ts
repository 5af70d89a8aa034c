// Compressed files read as what they hold.

import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError, errorText } from '../base/errors';

const MAGIC = [0x1f, 0x8b] as const;

export function isGzip(start: Uint8Array): boolean {
  return MAGIC.every((byte, at) => start[at] === byte);
}

/**
 * Unpacks piece by piece, whatever the size.
 * @throws AppError `FILE_UNREADABLE` for what is damaged or cut, after all that could be unpacked
 */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(chunks, { objectMode: false });
  const unpacked = createGunzip();
  packed.once('error', (error) => unpacked.destroy(error));
  packed.pipe(unpacked);
  let unpackedBytes = 0;
  try {
    for await (const chunk of unpacked) {
      unpackedBytes += (chunk as Uint8Array).byteLength;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (error instanceof AppError || !isZlibFault(error)) {
      throw error;
    }
    const message =
      `${path}: the gzip data is damaged or cut after ${unpackedBytes} unpacked bytes ` +
      `(from ${unpacked.bytesWritten} packed ones): ${errorText(error)}`;
    const data = { file: path, offset: unpacked.bytesWritten };
    throw new AppError('FILE_UNREADABLE', message, data, { cause: error });
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

function isZlibFault(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true;
}
