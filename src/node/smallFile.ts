// Whole small files, with a limit.

import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../base/errors';
import { toFileError } from './fileSource';

/**
 * @param maxBytes refuses larger files before reading them
 * @throws AppError `FILE_NOT_FOUND` or `FILE_UNREADABLE`
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) {
      throw new AppError(
        'FILE_UNREADABLE',
        `${path}: ${size} bytes, at most ${maxBytes} are read`,
        {
          file: path,
        },
      );
    }
    return await readFile(path);
  } catch (error) {
    throw error instanceof AppError ? error : toFileError(path, error);
  }
}

/** The same as text. */
export async function readSmallText(path: string, maxBytes: number): Promise<string> {
  return new TextDecoder().decode(await readSmallFile(path, maxBytes));
}
