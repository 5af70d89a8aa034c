// Files that are either wholly there or not at all.

import { open, mkdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError, errorText } from '../base/errors';

/**
 * Writes a whole file: temporary file, fsync, rename. Makes the folder when it is missing.
 * @throws AppError `OUTPUT_FAILED`
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, typeof content === 'string' ? content : Buffer.from(content));
  } catch (error) {
    throw toOutputError(path, error);
  }
}

/** A file that grows beside its final name and takes that name when it is complete. */
export class PartialFile {
  private constructor(
    readonly path: string,
    readonly partialPath: string,
    readonly handle: FileHandle,
  ) {}

  static partialPathOf(path: string): string {
    return `${path}.partial`;
  }

  /** @param keep continue after the bytes that an earlier run left */
  static async create(path: string, keep = false): Promise<PartialFile> {
    const partialPath = PartialFile.partialPathOf(path);
    try {
      await mkdir(dirname(path), { recursive: true });
      return new PartialFile(path, partialPath, await open(partialPath, keep ? 'a' : 'w'));
    } catch (error) {
      throw toOutputError(path, error);
    }
  }

  /** Appends. @throws AppError `OUTPUT_FAILED` */
  async write(content: string | Uint8Array): Promise<void> {
    try {
      await this.handle.appendFile(content);
    } catch (error) {
      throw toOutputError(this.partialPath, error);
    }
  }

  /** Flushes to disk and gives the file its name. */
  async commit(): Promise<void> {
    try {
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
    if (remove) {
      await rm(this.partialPath, { force: true });
    }
  }
}

function toOutputError(path: string, error: unknown): AppError {
  return new AppError(
    'OUTPUT_FAILED',
    `${path}: cannot be written (${errorText(error)})`,
    { file: path },
    { cause: error },
  );
}
