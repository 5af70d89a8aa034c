// SHA-256 of texts and files, and random names.

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { toFileError } from './fileSource';

/** @returns 64 lower-case hexadecimal digits */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Hashes a file of any size. @throws AppError `FILE_NOT_FOUND` or `FILE_UNREADABLE` */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  } catch (error) {
    if (signal?.aborted === true) {
      throw error;
    }
    throw toFileError(path, error);
  }
  return hash.digest('hex');
}

/** A name that nothing else has. */
export function randomId(): string {
  return randomUUID();
}
