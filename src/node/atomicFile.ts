// Files that are either wholly there or not at all.

import {
  constants,
  copyFile,
  link,
  open,
  rename,
  rm,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError, errorText } from '../base/errors';
import { fileSizeBytes, makeFolder } from './folder';
import { randomId } from './hash';
import { outputTarget } from './outputPath';

/**
 * Writes a whole file: temporary file, fsync, rename. Makes the folder when it is missing. Follows
 * symbolic links; devices and pipes are written into.
 * @throws AppError `OUTPUT_FAILED`
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    const target = await outputTarget(path);
    if (target.isStream) {
      await writeFile(target.path, content);
      return;
    }
    await makeFolder(dirname(target.path));
    await writeFileAtomic(
      target.path,
      typeof content === 'string' ? content : Buffer.from(content),
    );
  } catch (error) {
    throw toOutputError(path, error);
  }
}

/**
 * Writes a file that must not be there yet: as a whole, and never over another one, whoever makes
 * that meanwhile.
 * @returns false when there is something of that name
 * @throws AppError `OUTPUT_FAILED`
 */
export async function writeNewFile(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomId()}.tmp`;
  try {
    try {
      await writeFile(temporary, content, { flag: 'wx', flush: true });
      return await giveName(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
  } catch (error) {
    throw toOutputError(path, error);
  }
}

/**
 * Copies a file as a whole to where nothing is yet. Makes the folder when it is missing.
 * @returns false when there is something of that name
 * @throws AppError `OUTPUT_FAILED`
 */
export async function copyNewFile(from: string, to: string): Promise<boolean> {
  if ((await fileSizeBytes(to)) !== undefined) {
    return false;
  }
  const temporary = `${to}.${randomId()}.tmp`;
  try {
    await makeFolder(dirname(to));
    try {
      await copyFile(from, temporary);
      return await giveName(temporary, to);
    } finally {
      await rm(temporary, { force: true });
    }
  } catch (error) {
    throw toOutputError(to, error);
  }
}

/** A link fails where a rename would replace; where a disk has no links, a copy does. */
async function giveName(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isTaken(error)) {
      return false;
    }
  }
  try {
    await copyFile(temporary, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (isTaken(error)) {
      return false;
    }
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

/**
 * A file that grows beside its final name and takes that name when it is complete. Devices and pipes
 * are written into as they are.
 */
export class PartialFile {
  #isFresh: boolean;

  private constructor(
    readonly path: string,
    /** where it grows; `path` itself for devices and pipes */
    readonly partialPath: string,
    readonly handle: FileHandle,
    readonly isStream: boolean,
    keep: boolean,
  ) {
    this.#isFresh = !keep && !isStream;
  }

  static partialPathOf(path: string): string {
    return `${path}.partial`;
  }

  /**
   * @param keep continue after the bytes that an earlier run left; otherwise they go with the first
   *   write, not before: a run that comes to nothing costs nothing
   */
  static async create(path: string, keep = false): Promise<PartialFile> {
    try {
      const target = await outputTarget(path);
      const partialPath = target.isStream ? target.path : PartialFile.partialPathOf(target.path);
      await makeFolder(dirname(partialPath));
      const handle = await open(partialPath, 'a');
      return new PartialFile(target.path, partialPath, handle, target.isStream, keep);
    } catch (error) {
      throw toOutputError(path, error);
    }
  }

  /** Appends. @throws AppError `OUTPUT_FAILED` */
  async write(content: string | Uint8Array): Promise<void> {
    try {
      // nothing waits before the bytes are on their way: the caller may compute meanwhile
      if (this.#isFresh) {
        await this.#dropEarlier();
      }
      await appendWhole(this.handle, content);
    } catch (error) {
      throw toOutputError(this.partialPath, error);
    }
  }

  /** Flushes to disk. @throws AppError `OUTPUT_FAILED` */
  async flush(): Promise<void> {
    if (this.isStream) {
      return; // a pipe has no disk
    }
    try {
      await this.handle.sync();
    } catch (error) {
      throw toOutputError(this.partialPath, error);
    }
  }

  /** Flushes to disk and gives the file its name. */
  async commit(): Promise<void> {
    try {
      await this.#dropEarlier();
      if (this.isStream) {
        await this.handle.close();
        return;
      }
      await this.handle.sync();
      await this.handle.close();
      await rename(this.partialPath, this.path);
    } catch (error) {
      throw toOutputError(this.path, error);
    }
  }

  /** Closes without giving the name; what was written stays beside it unless `remove`. */
  async abandon(remove: boolean): Promise<void> {
    await this.handle.close();
    const isEmpty = (await fileSizeBytes(this.partialPath)) === 0;
    if (!this.isStream && (remove || isEmpty)) {
      await rm(this.partialPath, { force: true });
    }
  }

  async #dropEarlier(): Promise<void> {
    if (this.#isFresh) {
      this.#isFresh = false;
      await this.handle.truncate(0);
    }
  }
}

/** In one piece where the system takes it: `appendFile` makes small ones, at half the speed. */
async function appendWhole(handle: FileHandle, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.byteLength;) {
    at += (await handle.write(bytes, at, bytes.byteLength - at)).bytesWritten;
  }
}

function toOutputError(path: string, error: unknown): AppError {
  if (error instanceof AppError) {
    return error;
  }
  return new AppError(
    'OUTPUT_FAILED',
    `${path}: cannot be written (${errorText(error)})`,
    { file: path },
    { cause: error },
  );
}
