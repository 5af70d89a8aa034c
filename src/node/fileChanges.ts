// Linking, cutting and removing files, and the room on a disk.

import { link, mkdir, realpath, rename, rm, stat, statfs, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toFileError } from './fileSource';

/** Cuts a file to a length. */
export async function truncateFile(file: string, sizeBytes: number): Promise<void> {
  await truncate(file, sizeBytes);
}

/** Size and time of the last change, as a text that is equal only for an untouched file. */
export async function fileStamp(file: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(file);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    throw toFileError(file, error);
  }
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

/**
 * Gives a file a second name on the same disk.
 * @returns false where the disk or its permissions do not allow that
 */
export async function linkFile(from: string, to: string): Promise<boolean> {
  try {
    await mkdir(dirname(to), { recursive: true });
    // by way of another name: when both are the same file already, nothing may be removed
    const passing = `${to}.link`;
    await rm(passing, { force: true });
    await link(await realpath(from), passing);
    await rename(passing, to);
    await rm(passing, { force: true });
    return true;
  } catch {
    return false; // another disk, or a file system without links: the caller copies
  }
}
