// Media out of containers (shards, parquet files): files in the cache, named by their content, so that
// a sample is the same on every machine and every process finds them.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorText } from '../base/errors';
import { cacheFolder } from './cacheFolder';
import { RunningHash } from './hash';
import { endingOf, KIND_BYTES, mediaTypeOf } from './mediaKind';

const NAME = /^embedded:\/\/([0-9a-f]{64}\.[a-z0-9]{1,5})$/;
/** More than any picture that is not refused for its size. */
export const MAX_HELD_BYTES = 256 * 1024 * 1024;
/** A command that reads on needs the last ones only. */
const MAX_RUN_BYTES = 4e9;
/** In the name of a folder: the process that made it. */
const OWNER = /-(\d+)-[^-]*$/;
/** Says of a folder that it is whole. */
export const COMPLETE = 'import.json';
/** for kinds that the first bytes do not tell */
const ENDING = /^[a-z0-9]{1,5}$/;

/** True for the name of a medium that lies in the cache. */
export function isHeld(name: string): boolean {
  return NAME.test(name);
}

/** A short name for messages and screens. */
export function heldLabel(name: string, kind: string): string {
  return `${kind}.${name.slice(name.lastIndexOf('.') + 1)} (in the dataset)`;
}

/** Below it are the media of imported datasets, and those of commands that run. */
export function heldFolder(): string {
  return cacheFolder('imports');
}

/** @throws AppError `MEDIA_NOT_FOUND` when the cache was cleared meanwhile */
export async function heldFile(name: string): Promise<string> {
  const file = NAME.exec(name)?.[1];
  if (file !== undefined) {
    // a folder for each import: few
    const folders = await readdir(heldFolder()).catch(() => []);
    for (const folder of folders) {
      const found = path.join(heldFolder(), folder, file);
      if (existsSync(found)) {
        return found;
      }
    }
  }
  const message = `${name} is no longer in the cache: open the dataset again`;
  throw new AppError('MEDIA_NOT_FOUND', message);
}

/** Where the media of a dataset go. */
export class MediaHold {
  /** sizes by file name, the one that was kept longest ago first */
  readonly #sizes = new Map<string, number>();
  #totalBytes = 0;
  #count = 0;

  /**
   * @param folder below {@link heldFolder}
   * @param maxBytes the oldest go when there are more
   */
  constructor(
    readonly folder: string,
    readonly maxBytes: number,
  ) {}

  /** Of all media kept so far. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /**
   * @param ending of the medium's own name
   * @returns its name in samples
   * @throws AppError `MEDIA_TOO_LARGE` or `OUTPUT_FAILED`, and what reading throws
   */
  async keep(chunks: AsyncIterable<Uint8Array>, ending: string): Promise<string> {
    this.#count += 1;
    const temporary = path.join(this.folder, `${this.#count}.tmp`);
    try {
      const { start, hash, sizeBytes } = await writeChunks(chunks, temporary);
      const type = mediaTypeOf(start);
      const end = type === undefined ? (ENDING.exec(ending)?.[0] ?? 'bin') : endingOf(type);
      const name = `${hash}.${end}`;
      await rename(temporary, path.join(this.folder, name));
      await this.#note(name, sizeBytes);
      return `embedded://${name}`;
    } catch (error) {
      await rm(temporary, { force: true });
      if (error instanceof AppError || !isFileFault(error)) {
        throw error;
      }
      const message = `${this.folder}: cannot be written (${errorText(error)})`;
      throw new AppError('OUTPUT_FAILED', message, { file: this.folder }, { cause: error });
    }
  }

  async #note(name: string, sizeBytes: number): Promise<void> {
    this.#totalBytes += sizeBytes - (this.#sizes.get(name) ?? 0);
    this.#sizes.delete(name);
    this.#sizes.set(name, sizeBytes);
    for (const [oldest, bytes] of this.#sizes) {
      if (this.#totalBytes <= this.maxBytes || oldest === name) {
        break;
      }
      this.#sizes.delete(oldest);
      this.#totalBytes -= bytes;
      await rm(path.join(this.folder, oldest), { force: true });
    }
  }
}

/** One whole file in pieces. */
export async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

let run: MediaHold | undefined;

/** For as long as this process lives. @throws AppError `OUTPUT_FAILED` */
export function runHold(): MediaHold {
  if (run === undefined) {
    const folder = makeHeldFolder('run');
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    run = new MediaHold(folder, MAX_RUN_BYTES);
  }
  return run;
}

/**
 * A folder below {@link heldFolder} that names this process: it is removed when the process has ended,
 * unless it holds a file called {@link COMPLETE}. Removes such folders of others first.
 * @throws AppError `OUTPUT_FAILED`
 */
export function makeHeldFolder(prefix: string): string {
  const base = heldFolder();
  try {
    mkdirSync(base, { recursive: true, mode: 0o700 });
    removeDead(base);
    return mkdtempSync(path.join(base, `${prefix}-${process.pid}-`));
  } catch (error) {
    const message = `${base}: cannot be written (${errorText(error)})`;
    throw new AppError('OUTPUT_FAILED', message, { file: base }, { cause: error });
  }
}

/** What processes left that were killed. */
function removeDead(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = OWNER.exec(name)?.[1];
    const folder = path.join(base, name);
    if (pid !== undefined && !isAlive(Number(pid)) && !existsSync(path.join(folder, COMPLETE))) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Written {
  readonly start: Uint8Array;
  readonly hash: string;
  readonly sizeBytes: number;
}

async function writeChunks(chunks: AsyncIterable<Uint8Array>, file: string): Promise<Written> {
  const hash = new RunningHash();
  let start = new Uint8Array();
  let sizeBytes = 0;
  const handle: FileHandle = await open(file, 'w', 0o600);
  try {
    for await (const chunk of chunks) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > MAX_HELD_BYTES) {
        throw new AppError('MEDIA_TOO_LARGE', `more than ${MAX_HELD_BYTES} bytes`);
      }
      if (start.byteLength < KIND_BYTES) {
        start = Buffer.concat([start, chunk.subarray(0, KIND_BYTES)]);
      }
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return { start, hash: hash.digest(), sizeBytes };
}

function isFileFault(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
