// Media that a dataset names by an address of the web: fetched once where that is turned on, then files
// in the cache that every process finds.

import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorText } from '../base/errors';
import { cacheFolder } from './cacheFolder';
import { randomId, sha256 } from './hash';
import { endingOf, KIND_BYTES, MEDIA_ENDINGS, mediaTypeOf } from './mediaKind';

/** Turns fetching on for this process and those that it starts: `1`. */
export const FETCH_VARIABLE = 'REWARDLENS_FETCH_MEDIA';

const ADDRESS = /^https?:\/\//i;
/** More than any picture that is not refused for its size. */
const MAX_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 120_000;
/** All fetched media together; those that were used longest ago go first. */
const MAX_FOLDER_BYTES = 20e9;
const MAX_ADDRESS_SHOWN = 200;

let permitted = false;

/** Turns fetching on or off for this process alone, where a setting says so. */
export function permitFetching(isOn: boolean): void {
  permitted = isOn;
}

/** Below it are all fetched media. */
export function fetchedFolder(): string {
  return cacheFolder('fetched');
}

/** What is fetched at the moment: a second request waits for the first. */
const underWay = new Map<string, Promise<string>>();
let cleared: Promise<void> | undefined;

/**
 * The file of a medium that an address names, fetched where it is not there yet.
 * @throws AppError `MEDIA_URL_DISABLED` where fetching is off, and for addresses that are not of the
 *   web; `MEDIA_NOT_FETCHED`, `MEDIA_UNSUPPORTED`, `MEDIA_TOO_LARGE`
 */
export async function fetchedFile(url: string): Promise<string> {
  const media = url.slice(0, MAX_ADDRESS_SHOWN);
  const known = await knownFile(url);
  if (known !== undefined) {
    return known;
  }
  if (!ADDRESS.test(url)) {
    const message = `${media}: only http and https addresses are fetched`;
    throw new AppError('MEDIA_URL_DISABLED', message, { media });
  }
  if (!permitted && process.env[FETCH_VARIABLE] !== '1') {
    throw new AppError('MEDIA_URL_DISABLED', `${media}: addresses are not fetched`, { media });
  }
  const running = underWay.get(url);
  if (running !== undefined) {
    return running;
  }
  const started = fetchInto(url, media).finally(() => underWay.delete(url));
  underWay.set(url, started);
  return started;
}

/** The file of an address, if it was fetched before. Fetches nothing. */
export async function knownFile(url: string): Promise<string | undefined> {
  const name = sha256(url);
  for (const ending of MEDIA_ENDINGS) {
    const file = path.join(fetchedFolder(), `${name}.${ending}`);
    const facts = await stat(file).catch(() => undefined);
    if (facts !== undefined) {
      // that it is used, where the cache can be written; when it was fetched stays: others know it by that
      await utimes(file, new Date(), facts.mtime).catch(() => undefined);
      return file;
    }
  }
  return undefined;
}

async function fetchInto(url: string, media: string): Promise<string> {
  const folder = fetchedFolder();
  const temporary = path.join(folder, `${randomId()}.tmp`);
  try {
    cleared ??= clearOldest();
    await cleared;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const start = await writeBody(url, media, temporary);
    const type = mediaTypeOf(start);
    if (type === undefined) {
      const message = `${media}: answered with something that is neither a picture nor a video`;
      throw new AppError('MEDIA_UNSUPPORTED', message, { media });
    }
    const file = path.join(folder, `${sha256(url)}.${endingOf(type)}`);
    const now = new Date(); // whole milliseconds, which a later touch can write again
    await utimes(temporary, now, now);
    await rename(temporary, file);
    return file;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error instanceof AppError ? error : notFetched(media, errorText(error));
  }
}

/** @returns its first bytes */
async function writeBody(url: string, media: string, file: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) {
    await response.body?.cancel();
    throw notFetched(media, `answered ${response.status}`);
  }
  const announced = Number(response.headers.get('content-length') ?? 0);
  const handle = await open(file, 'wx', 0o600);
  try {
    let [start, sizeBytes] = [new Uint8Array(), 0];
    const body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = response.body ?? [];
    for await (const chunk of body) {
      sizeBytes += chunk.byteLength;
      if (Math.max(sizeBytes, announced) > MAX_BYTES) {
        throw new AppError('MEDIA_TOO_LARGE', `${media}: more than ${MAX_BYTES} bytes`, { media });
      }
      if (start.byteLength < KIND_BYTES) {
        start = Buffer.concat([start, chunk.subarray(0, KIND_BYTES)]);
      }
      await handle.writeFile(chunk);
    }
    return start;
  } finally {
    await handle.close();
  }
}

function notFetched(media: string, why: string): AppError {
  return new AppError('MEDIA_NOT_FETCHED', `${media}: ${why}`, { media });
}

/** Once for each process: what is used stays. */
async function clearOldest(): Promise<void> {
  const folder = fetchedFolder();
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const facts = await stat(file).catch(() => undefined);
      return facts === undefined ? [] : [{ file, bytes: facts.size, usedMs: facts.atimeMs }];
    }),
  );
  let total = 0;
  for (const { file, bytes } of found.flat().sort((a, b) => b.usedMs - a.usedMs)) {
    total += bytes;
    if (total > MAX_FOLDER_BYTES) {
      await rm(file, { force: true });
    }
  }
}
