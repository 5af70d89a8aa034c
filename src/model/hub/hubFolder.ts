// The folder of a download: it holds the files of one commit, and a record of which one.

import * as z from 'zod';
import { AppError } from '../../base/errors';
import type { ProgressMeter } from '../../base/progress';
import { PartialFile, writeWholeFile } from '../../node/atomicFile';
import { removeFile } from '../../node/fileChanges';
import { fileSizeBytes, joinPath, listFolder } from '../../node/folder';
import { gitBlobId, sha256OfFile } from '../../node/hash';
import { readSmallFile, readSmallText } from '../../node/smallFile';

/** What the downloads before brought, and what this one brings. */
export const RECORD_NAME = 'rewardlens-download.json';

/** Files that the hub keeps in git itself; larger ones it keeps in its large file storage. */
export const MAX_GIT_FILE_BYTES = 64 * 1024 * 1024;
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** A file of a commit. */
export interface HubFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** as the hub states it: SHA-256 of large files, git's object id of those it keeps in git */
  readonly hash: `sha256:${string}` | `git:${string}`;
}

/** What has to happen so that a folder holds exactly the files of a commit. */
export interface FolderPlan {
  readonly missing: readonly HubFile[];
  /** their bytes, without those that broken-off transfers of the same content left */
  readonly missingBytes: number;
  /** names to remove: files of other commits, and what is left of their transfers */
  readonly stale: readonly string[];
  readonly staleBytes: number;
}

const recordSchema = z.object({
  commit: z.string(),
  files: z.array(z.object({ name: z.string().regex(/^[\w.-]+$/), hash: z.string() })),
});
type DownloadRecord = z.infer<typeof recordSchema>;

/** What a conversion would take for weights of the checkpoint. */
const WEIGHTS = /\.safetensors$|^(?:pytorch_)?model.*\.bin$|\.index\.json$/;

/**
 * Looks what of a commit is there; contents are compared by their hashes. Changes nothing.
 * @throws AppError `OUTPUT_FAILED` when there are weights that no download brought, `CANCELLED`
 */
export async function planFolder(
  folder: string,
  wanted: readonly HubFile[],
  meter: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<FolderPlan> {
  const names = await listFolder(folder).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'FILE_NOT_FOUND') {
      return [];
    }
    throw error;
  });
  const recorded = new Map(
    (await readRecord(folder))?.files.map(({ name, hash }) => [name, hash] as const),
  );
  const wantedNames = new Set(wanted.map(({ name }) => name));
  const foreign = names.find(
    (name) => WEIGHTS.test(name) && !wantedNames.has(name) && !recorded.has(name),
  );
  if (foreign !== undefined) {
    throw new AppError(
      'OUTPUT_FAILED',
      `${folder}: ${foreign} there is not of this model: remove it, or choose another folder`,
      { file: joinPath(folder, foreign) },
    );
  }
  const sizes = new Map<string, number>();
  for (const name of names) {
    sizes.set(name, (await fileSizeBytes(joinPath(folder, name))) ?? 0);
  }
  const toCheck = wanted.filter(({ name, sizeBytes }) => sizes.get(name) === sizeBytes);
  meter.expect(toCheck.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const kept = new Set<string>();
  for (const file of toCheck) {
    if (await hasContent(joinPath(folder, file.name), file, meter, signal)) {
      kept.add(file.name);
    }
  }
  const missing = wanted.filter(({ name }) => !kept.has(name));
  const begun = missing.filter(({ name, hash, sizeBytes }) => {
    const size = sizes.get(PartialFile.partialPathOf(name));
    return size !== undefined && size <= sizeBytes && recorded.get(name) === hash;
  });
  const useful = new Set([...kept, ...begun.map(({ name }) => PartialFile.partialPathOf(name))]);
  const ours = [...new Set([...wantedNames, ...recorded.keys()])];
  const stale = ours
    .flatMap((name) => [name, PartialFile.partialPathOf(name)])
    .filter((name) => sizes.has(name) && !useful.has(name));
  const bytesOf = (list: readonly string[]): number =>
    list.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  return {
    missing,
    missingBytes:
      missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) -
      bytesOf(begun.map(({ name }) => PartialFile.partialPathOf(name))),
    stale,
    staleBytes: bytesOf(stale),
  };
}

/**
 * Removes what is not of the commit and records the commit, before anything of it is fetched: at
 * no time are there files of two.
 * @throws AppError `OUTPUT_FAILED`
 */
export async function clearFolder(
  folder: string,
  { stale }: FolderPlan,
  commit: string,
  wanted: readonly HubFile[],
): Promise<void> {
  for (const name of stale) {
    await removeFile(joinPath(folder, name));
  }
  const files = wanted.map(({ name, hash }) => ({ name, hash }));
  const record: DownloadRecord = { commit, files };
  await writeWholeFile(joinPath(folder, RECORD_NAME), `${JSON.stringify(record, null, 2)}\n`);
}

/** Whether bytes are what the hub says of a file that it keeps in git. */
export function isGitFile({ hash }: HubFile, bytes: Uint8Array): boolean {
  return hash === `git:${gitBlobId(bytes)}`;
}

async function hasContent(
  path: string,
  file: HubFile,
  meter: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const label = `checking ${file.name}`;
  if (file.hash.startsWith('git:')) {
    const bytes = await readSmallFile(path, MAX_GIT_FILE_BYTES);
    meter.advance(bytes.byteLength, label);
    return isGitFile(file, bytes);
  }
  const onBytes = (bytes: number): void => meter.advance(bytes, label);
  return `sha256:${await sha256OfFile(path, { onBytes, signal })}` === file.hash;
}

/** A record that can't be read counts as none: then all files have to prove themselves. */
async function readRecord(folder: string): Promise<DownloadRecord | undefined> {
  try {
    const text = await readSmallText(joinPath(folder, RECORD_NAME), MAX_RECORD_BYTES);
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
