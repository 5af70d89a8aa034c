// Hashes of texts and files, and random names.

import { createHash, randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import { toFileError } from './fileSource';

/** @returns 64 lower-case hexadecimal digits */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** CRC-32: finds what a disk or memory gets wrong, at a third of the time of SHA-256. */
export function checksum(content: Uint8Array): number {
  return crc32(content);
}

/** The object id that git gives a file's content. @returns 40 lower-case hexadecimal digits */
export function gitBlobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex');
}

export interface HashOptions {
  /** told about every piece read */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const READ_BYTES = 1 << 20;

/** Hashes a file of any size. @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE` or `CANCELLED` */
export async function sha256OfFile(path: string, options: HashOptions = {}): Promise<string> {
  return (await hashOfFile('sha256', path, options)).toString('hex');
}

/** @returns base64, as package feeds publish it @throws AppError as {@link sha256OfFile} */
export async function sha512OfFile(path: string, options: HashOptions = {}): Promise<string> {
  return (await hashOfFile('sha512', path, options)).toString('base64');
}

async function hashOfFile(
  kind: string,
  path: string,
  { onBytes, signal }: HashOptions,
): Promise<Buffer> {
  const hash = createHash(kind);
  // one for all reads: a stream takes fresh memory for each, at two thirds of the speed
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    for (;;) {
      throwIfAborted(signal);
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) {
        return hash.digest();
      }
      hash.update(buffer.subarray(0, bytesRead));
      onBytes?.(bytesRead);
    }
  } catch (error) {
    throw error instanceof AppError ? error : toFileError(path, error);
  } finally {
    await file?.close();
  }
}

/** SHA-256 of bytes that come piece by piece. */
export class RunningHash {
  readonly #hash;

  constructor(hash = createHash('sha256')) {
    this.#hash = hash;
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Another one that has seen the same bytes. */
  fork(): RunningHash {
    return new RunningHash(this.#hash.copy());
  }

  /** Ends it. @returns 64 lower-case hexadecimal digits */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** A name that nothing else has. */
export function randomId(): string {
  return randomUUID();
}
