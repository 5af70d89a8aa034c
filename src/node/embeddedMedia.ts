// Media that a dataset holds itself, as `data:` URLs: files for as long as the process lives.

import { mkdtempSync, rmSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError, errorText } from '../base/errors';
import { sha256 } from './hash';

const START = /^data:((?:image|video)\/[a-z0-9.+-]+)?(?:;[a-z0-9-]+=[^;,]*)*;base64,/i;
/** More than any picture that is not refused for its size. */
const MAX_BYTES = 256 * 1024 * 1024;
const BASE64 = /^[a-z0-9+/_-]*={0,2}$/i;

/** True for what holds a medium instead of naming one. */
export function isEmbedded(name: string): boolean {
  return /^data:/i.test(name);
}

/** A short name for messages and screens. */
export function embeddedLabel(name: string): string {
  const kind = START.exec(name)?.[1] ?? 'data';
  return `${kind.replace('/', '.')} (in the dataset)`;
}

let folder: string | undefined;

/** Nobody else can write into it; it goes when the process ends. */
function ownFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(path.join(os.tmpdir(), 'rewardlens-media-'));
    process.once('exit', () => {
      rmSync(made, { recursive: true, force: true });
    });
    folder = made;
  }
  return folder;
}

/** The files by the hash of their URL: a second request for one that is being written waits for it. */
const files = new Map<string, Promise<string>>();

/**
 * The file of an embedded medium, written when it is asked for first.
 * @throws AppError `MEDIA_UNSUPPORTED`, `MEDIA_TOO_LARGE` or `MEDIA_UNREADABLE`
 */
export async function embeddedFile(url: string): Promise<string> {
  const name = sha256(url);
  const known = await files.get(name)?.catch(() => undefined);
  if (known !== undefined && (await isThere(known))) {
    return known;
  }
  const written = writeMedium(url, name);
  files.set(name, written);
  return written;
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function writeMedium(url: string, name: string): Promise<string> {
  const media = embeddedLabel(url);
  const start = START.exec(url)?.[0];
  if (start === undefined) {
    const message = `${url.slice(0, 60)}…: only base64 of a picture or a video is read`;
    throw new AppError('MEDIA_UNSUPPORTED', message, { media });
  }
  const text = url.slice(start.length);
  if (text.length > (MAX_BYTES / 3) * 4) {
    throw new AppError('MEDIA_TOO_LARGE', `${media}: more than ${MAX_BYTES} bytes`, { media });
  }
  if (!BASE64.test(text)) {
    throw new AppError('MEDIA_UNREADABLE', `${media}: not base64`, { media });
  }
  const file = path.join(ownFolder(), name);
  try {
    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(Buffer.from(text, 'base64'));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new AppError('MEDIA_UNREADABLE', `${media}: ${errorText(error)}`, { media });
  }
  return file;
}
