// Questions about folders and paths.

import { mkdir, mkdtemp, readdir, realpath, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorText } from '../base/errors';
import { embeddedFile, isEmbedded } from './embeddedMedia';
import { fetchedFile } from './fetchedMedia';
import { toFileError } from './fileSource';
import { heldFile, isHeld } from './heldMedia';

/** Names of the entries of a folder, sorted. @throws AppError when it can't be listed */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw toFileError(folder, error);
  }
}

/** @returns `undefined` when there is nothing of that name */
export async function fileSizeBytes(file: string): Promise<number | undefined> {
  return stat(file).then(
    (found) => found.size,
    () => undefined,
  );
}

/** True for a pipe or a device: what was read from it can't be read again. */
export async function isReadOnce(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => !found.isFile() && !found.isDirectory(),
    () => false,
  );
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Makes a folder and those above it that are missing. Part by part: where the system lets nobody make
 * one (`/proc`), Node's own way never ends.
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) {
    return;
  }
  const above = path.dirname(folder);
  if (above !== folder) {
    await makeFolder(above);
  }
  try {
    await mkdir(folder);
  } catch (error) {
    // another process may have made it meanwhile
    if (!(await isFolder(folder))) {
      throw error;
    }
  }
}

export function joinPath(...parts: string[]): string {
  return path.join(...parts);
}

export function baseName(file: string): string {
  return path.basename(file);
}

/** True for what is no path but a URL, with its data or without. */
export function isAddress(name: string): boolean {
  return /^([a-z][a-z0-9+.-]+:\/\/|data:)/i.test(name);
}

/**
 * Finds a medium named in a dataset. Nothing outside `root` is ever opened, not even through a
 * symbolic link: a dataset may come from anywhere. A medium that the dataset holds becomes a file.
 * @throws AppError `MEDIA_OUTSIDE_ROOT` or `MEDIA_NOT_FOUND`, or as {@link embeddedFile},
 *   {@link heldFile} and {@link fetchedFile} do
 */
export async function resolveMedia(root: string, name: string): Promise<string> {
  if (isEmbedded(name)) {
    return embeddedFile(name);
  }
  if (isHeld(name)) {
    return heldFile(name);
  }
  if (isAddress(name)) {
    return fetchedFile(name);
  }
  if (name.includes('\0')) {
    throw new AppError('MEDIA_NOT_FOUND', 'a media path contains a NUL character');
  }
  const outside = (): AppError =>
    new AppError('MEDIA_OUTSIDE_ROOT', `${name} lies outside the media root ${root}`, {
      media: name,
      root,
    });
  const file = path.resolve(root, name);
  if (!isInside(path.resolve(root), file)) {
    throw outside();
  }
  const [realRoot, realFile] = await Promise.all([
    realpath(root).catch(() => undefined),
    realpath(file).catch(() => undefined),
  ]);
  if (realRoot === undefined || realFile === undefined) {
    throw new AppError('MEDIA_NOT_FOUND', `${name} not found under the media root ${root}`, {
      media: name,
      root,
    });
  }
  if (!isInside(realRoot, realFile)) {
    throw outside();
  }
  return realFile;
}

/** True for a folder's own files, and the folder itself. Links are not followed. */
export function isInside(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative));
}

export function folderOf(file: string): string {
  return path.dirname(file);
}

/** `to` as seen from the folder of `fromFile`, with forward slashes on every system. */
export function relativePath(fromFile: string, to: string): string {
  return path
    .relative(path.dirname(path.resolve(fromFile)), to)
    .split(path.sep)
    .join('/');
}

/** Resolves each part against the ones before, and the first against the working folder. */
export function absolutePath(...parts: string[]): string {
  return path.resolve(...parts);
}

/** Tells one version of a file from another. @throws AppError `FILE_NOT_FOUND` or `FILE_UNREADABLE` */
export async function fileIdentity(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return [file, ino, size, mtimeMs].join('\0');
  } catch (error) {
    throw toFileError(file, error);
  }
}

/** The same of one file or several. Throws as {@link fileIdentity} does. */
export async function filesIdentity(files: string | readonly string[]): Promise<string> {
  const all = typeof files === 'string' ? [files] : files;
  return (await Promise.all(all.map(fileIdentity))).join('\n');
}

/** The full path of a program on PATH, or `undefined`. */
export async function findProgram(name: string): Promise<string | undefined> {
  // a relative folder on PATH would depend on where the process happens to run
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((f) => path.isAbsolute(f));
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const candidate of folders.flatMap((f) => endings.map((e) => path.join(f, name + e)))) {
    if ((await fileSizeBytes(candidate)) !== undefined) {
      return candidate;
    }
  }
  return undefined;
}

/** @throws AppError `OUTPUT_FAILED` when nothing can be made in the folder */
export async function requireWritableFolder(folder: string): Promise<void> {
  try {
    await rmdir(await mkdtemp(path.join(folder, '.rewardlens-')));
  } catch (error) {
    throw new AppError('OUTPUT_FAILED', `${folder}: cannot be written (${errorText(error)})`, {
      file: folder,
    });
  }
}
