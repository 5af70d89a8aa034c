// Fetches a checkpoint from the Hugging Face hub: only the files a conversion needs.

import {
  downloadFile as hubDownload,
  fileDownloadInfo,
  listFiles,
  type ListFileEntry,
} from '@huggingface/hub';
import { AppError, errorText } from '../../base/errors';
import { ProgressMeter, type Progress } from '../../base/progress';
import { throwIfAborted } from '../../base/abort';
import { freeBytes } from '../../node/fileChanges';
import { writeWholeFile } from '../../node/atomicFile';
import { downloadFile } from '../../node/download';
import { fileSizeBytes, joinPath } from '../../node/folder';

export interface HubOptions {
  /** owner/name */
  readonly repo: string;
  /** branch, tag, commit or refs/pr/N */
  readonly revision: string;
  readonly outFolder: string;
  /** for models that ask for an account; sent to the hub only */
  readonly token?: string;
  /** another hub than huggingface.co */
  readonly hubUrl?: string;
}

export interface HubResult {
  /** names in `outFolder` */
  readonly files: readonly string[];
  readonly sizeBytes: number;
}

const MAX_FILES = 10_000;
/** files that the hub keeps in git itself; it gives no hash of them */
const MAX_SMALL_BYTES = 64 * 1024 * 1024;
const FIXED = ['config.json', 'tokenizer.model'];

/**
 * Downloads `config.json`, `tokenizer.model` and the weights (safetensors before PyTorch files), each
 * checked against the hub's SHA-256 where it gives one. What is there already in full is kept; a
 * file that was broken off goes on where it was.
 * @throws AppError `DOWNLOAD_FAILED`, `CHECKPOINT_INVALID` when the model has no weights there,
 *   `DISK_FULL` or `CANCELLED`
 */
export async function downloadCheckpoint(
  options: HubOptions,
  onProgress: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<HubResult> {
  const access = {
    repo: options.repo,
    revision: options.revision,
    fetch: (input: Parameters<typeof fetch>[0], init?: RequestInit) =>
      fetch(input, { ...init, ...(signal === undefined ? {} : { signal }) }),
    ...(options.token === undefined ? {} : { accessToken: options.token }),
    ...(options.hubUrl === undefined ? {} : { hubUrl: options.hubUrl }),
  };
  const entries: ListFileEntry[] = [];
  await asDownload(options, signal, async () => {
    for await (const entry of listFiles(access)) {
      entries.push(entry);
      if (entries.length > MAX_FILES) {
        throw new AppError('DOWNLOAD_FAILED', `${options.repo}: more than ${MAX_FILES} files`);
      }
    }
  });
  const wanted = chooseFiles(entries, options);
  const sizeBytes = wanted.reduce((sum, { size }) => sum + size, 0);
  await requireSpace(options.outFolder, sizeBytes);
  const meter = new ProgressMeter('bytes', onProgress);
  meter.expect(sizeBytes);
  for (const entry of wanted) {
    await asDownload(options, signal, () => fetchFile(options, access, entry, meter, signal));
  }
  return { files: wanted.map(({ path }) => path), sizeBytes };
}

/** What the hub's own functions need to know. */
type Access = Parameters<typeof listFiles>[0];

/** One file; what is there in full is kept. */
async function fetchFile(
  options: HubOptions,
  access: Access,
  { path, size, lfs }: ListFileEntry,
  meter: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = joinPath(options.outFolder, path);
  if ((await fileSizeBytes(target)) === size) {
    meter.advance(size, path);
    return;
  }
  if (lfs === undefined) {
    const blob = await hubDownload({ ...access, path });
    if (blob === null || blob.size > MAX_SMALL_BYTES) {
      throw new AppError('DOWNLOAD_FAILED', `${options.repo}: ${path} is gone, or too large`);
    }
    await writeWholeFile(target, new Uint8Array(await blob.arrayBuffer()));
    meter.advance(size, path);
    return;
  }
  const info = await fileDownloadInfo({ ...access, path });
  if (info === null) {
    throw new AppError('DOWNLOAD_FAILED', `${options.repo}: ${path} is gone`);
  }
  await downloadFile({
    url: info.url,
    // fetch leaves it out when it is sent on to another host
    headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
    path: target,
    sizeBytes: size,
    hash: { kind: 'SHA-256', digest: lfs.oid },
    onBytes: (bytes) => meter.advance(bytes, path),
    signal,
  });
}

/** Files in the repository's own folder that a conversion reads. */
function chooseFiles(
  entries: readonly ListFileEntry[],
  { repo, revision }: HubOptions,
): ListFileEntry[] {
  const files = entries.filter(({ type, path }) => type === 'file' && /^[\w.-]+$/.test(path));
  const named = (pattern: RegExp): ListFileEntry[] =>
    files.filter(({ path }) => pattern.test(path));
  const fixed = files.filter(({ path }) => FIXED.includes(path));
  const safetensors = named(/\.safetensors$/);
  const weights = safetensors.length > 0 ? safetensors : named(/^pytorch_model.*\.bin$/);
  if (fixed.length < FIXED.length || weights.length === 0) {
    throw new AppError(
      'CHECKPOINT_INVALID',
      `${repo} at ${revision} has no ${weights.length === 0 ? 'weights' : FIXED.join(' and ')}`,
      { repo, revision },
    );
  }
  const index = named(
    safetensors.length > 0 ? /\.safetensors\.index\.json$/ : /\.bin\.index\.json$/,
  );
  return [...fixed, ...index, ...weights];
}

/** What has been downloaded before is counted as needed: a little cautious, and simple. */
async function requireSpace(folder: string, sizeBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free < sizeBytes) {
    const gb = (bytes: number): string => (bytes / 1e9).toFixed(1);
    throw new AppError(
      'DISK_FULL',
      `${folder}: the checkpoint needs ${gb(sizeBytes)} GB, ${gb(free)} GB are free`,
      { folder, neededBytes: sizeBytes, freeBytes: free },
    );
  }
}

/** Names whatever goes wrong with the hub. */
async function asDownload(
  { repo, revision }: HubOptions,
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof AppError) {
      throw error;
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new AppError(
      'DOWNLOAD_FAILED',
      `${repo} at ${revision}: ${errorText(cause)}`,
      { repo, revision },
      { cause: error },
    );
  }
}
