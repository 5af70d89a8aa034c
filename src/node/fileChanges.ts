// Cutting and removing files, telling their versions apart, and the room on a disk.

import { mkdir, rm, stat, statfs, truncate } from 'node:fs/promises';
import { toFileError } from './fileSource';

/** Cuts a file to a length. */
export async function truncateFile(file: string, sizeBytes: number): Promise<void> {
  await truncate(file, sizeBytes);
}

/** Two versions of a file differ in these, unless somebody sets them. */
export interface FileVersion {
  readonly sizeBytes: number;
  /** time of the last change of the content, in ms since 1970 */
  readonly modifiedMs: number;
}

/** @throws AppError `FILE_NOT_FOUND` or `FILE_UNREADABLE` */
export async function fileVersion(file: string): Promise<FileVersion> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { sizeBytes: size, modifiedMs: mtimeMs };
  } catch (error) {
    throw toFileError(file, error);
  }
}

/** The same as a text. @throws AppError `FILE_NOT_FOUND` or `FILE_UNREADABLE` */
export async function fileStamp(file: string): Promise<string> {
  const { sizeBytes, modifiedMs } = await fileVersion(file);
  return `${sizeBytes} ${modifiedMs}`;
}

/** Removes a file; it may be missing. */
export async function removeFile(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw toFileError(file, error);
  }
}

/** Bytes free on the disk of a folder, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  try {
    await mkdir(folder, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    throw toFileError(folder, error);
  }
}
