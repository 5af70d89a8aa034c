// Lines set aside on disk until all of them are known.

import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError, errorText } from '../base/errors';
import { makeFolder } from './folder';
import { randomId } from './hash';
import { readLines } from './lineReader';
import { outputTarget } from './outputPath';
import { removeFile } from './removeFile';

/** Written at once. */
const PIECE_CHARS = 1 << 16;

/** Takes any number of lines in little memory and gives them back in order. */
export class LineSpool {
  #handle: FileHandle | undefined;
  #pending: string[] = [];
  #pendingChars = 0;

  private constructor(readonly path: string) {}

  /** On the disk that the output goes to: one that has room for the lines. */
  static async beside(output: string): Promise<LineSpool> {
    const target = await outputTarget(output);
    const name = `.rewardlens-${randomId()}.tmp`;
    return new LineSpool(path.join(target.isStream ? tmpdir() : path.dirname(target.path), name));
  }

  /** @param line without its end @throws AppError `OUTPUT_FAILED` */
  async add(line: string): Promise<void> {
    this.#pending.push(line);
    this.#pendingChars += line.length;
    if (this.#pendingChars >= PIECE_CHARS) {
      await this.#write();
    }
  }

  /** All lines so far, as UTF-8: what is only written again need not become text. */
  async *lines(): AsyncGenerator<Uint8Array> {
    if (this.#handle === undefined) {
      for (const line of this.#pending) {
        yield Buffer.from(line);
      }
      return;
    }
    await this.#write();
    for await (const { bytes } of readLines(this.path, { maxLineBytes: Infinity })) {
      yield bytes ?? new Uint8Array(0);
    }
  }

  /** Takes its file away. */
  async remove(): Promise<void> {
    if (this.#handle !== undefined) {
      await this.#handle.close();
      this.#handle = undefined;
      await removeFile(this.path);
    }
  }

  async #write(): Promise<void> {
    try {
      if (this.#handle === undefined) {
        await makeFolder(path.dirname(this.path));
        this.#handle = await open(this.path, 'wx');
      }
      await this.#handle.appendFile(this.#pending.map((line) => `${line}\n`).join(''));
      this.#pending = [];
      this.#pendingChars = 0;
    } catch (error) {
      throw new AppError('OUTPUT_FAILED', `${this.path}: cannot be written (${errorText(error)})`, {
        file: this.path,
      });
    }
  }
}
