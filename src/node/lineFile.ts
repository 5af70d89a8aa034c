// A file of lines that is written anew, and then line by line.

import { open, type FileHandle } from 'node:fs/promises';
import { AppError, errorText } from '../base/errors';
import { writeWholeFile } from './atomicFile';

/** Appends lines without waiting for the disk: whoever reads them has to check what they say. */
export class LineFile {
  private constructor(
    readonly path: string,
    readonly handle: FileHandle,
  ) {}

  /** @throws AppError `OUTPUT_FAILED` */
  static async create(path: string, lines: readonly string[]): Promise<LineFile> {
    await writeWholeFile(path, lines.map((line) => `${line}\n`).join(''));
    return new LineFile(path, await open(path, 'a').catch(failed(path)));
  }

  /** @throws AppError `OUTPUT_FAILED` */
  async add(line: string): Promise<void> {
    await this.handle.appendFile(`${line}\n`).catch(failed(this.path));
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

function failed(path: string): (error: unknown) => never {
  return (error) => {
    throw new AppError('OUTPUT_FAILED', `${path}: cannot be written (${errorText(error)})`, {
      file: path,
    });
  };
}
