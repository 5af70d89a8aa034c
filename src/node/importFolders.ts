// Folders of imported datasets in the cache: found by what was imported, the least used ones removed.

import { readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { COMPLETE, heldFolder, makeHeldFolder } from './heldMedia';

const PREFIX = 'set';

/**
 * Makes an empty one. It counts for nothing until it has its {@link COMPLETE}.
 * @param key hexadecimal digits: of what is imported
 * @throws AppError `OUTPUT_FAILED`
 */
export function makeImportFolder(key: string): string {
  return makeHeldFolder(`${PREFIX}-${key}`);
}

/** Complete ones. */
export async function importFolders(key = ''): Promise<readonly string[]> {
  const base = heldFolder();
  const names = await readdir(base).catch(() => []);
  const folders: string[] = [];
  for (const name of names.filter((each) => each.startsWith(`${PREFIX}-${key}`))) {
    const folder = path.join(base, name);
    if ((await usedMs(folder)) !== undefined) {
      folders.push(folder);
    }
  }
  return folders;
}

/** It was used now. */
export async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  // another process may have removed it
  await utimes(path.join(folder, COMPLETE), now, now).catch(() => undefined);
}

/**
 * Removes the folders that were not used for longest until the others fit.
 * @param sizeOf bytes of a folder
 * @param inUse folders that stay
 */
export async function trimImports(
  limitBytes: number,
  sizeOf: (folder: string) => Promise<number>,
  inUse: ReadonlySet<string>,
): Promise<void> {
  const found: { readonly folder: string; readonly used: number; readonly bytes: number }[] = [];
  for (const folder of await importFolders()) {
    const [used = 0, bytes] = [await usedMs(folder), await sizeOf(folder)];
    found.push({ folder, used, bytes });
  }
  let total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { folder, bytes } of found.sort((a, b) => a.used - b.used)) {
    if (total <= limitBytes) {
      break;
    }
    if (!inUse.has(folder)) {
      await removeImport(folder);
      total -= bytes;
    }
  }
}

export async function removeImport(folder: string): Promise<void> {
  // what cannot be removed now is removed another time
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

async function usedMs(folder: string): Promise<number | undefined> {
  return stat(path.join(folder, COMPLETE)).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
