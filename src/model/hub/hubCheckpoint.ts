// Fetches a checkpoint from the Hugging Face hub: only the files a conversion needs.

import {
  downloadFile as hubDownload,
  fileDownloadInfo,
  listFiles,
  modelInfo,
  type ListFileEntry,
} from '@huggingface/hub';
import { AppError, errorText } from '../../base/errors';
import { ProgressMeter, type Progress } from '../../base/progress';
import { throwIfAborted } from '../../base/abort';
import { freeBytes } from '../../node/fileChanges';
import { writeWholeFile } from '../../node/atomicFile';
import { downloadFile } from '../../node/download';
import { joinPath } from '../../node/folder';
import {
  clearFolder,
  isGitFile,
  MAX_GIT_FILE_BYTES,
  planFolder,
  type FolderPlan,
  type HubFile,
} from './hubFolder';

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
  /** what the revision names now */
  readonly commit: string;
}

const MAX_FILES = 10_000;
const FIXED = ['config.json', 'tokenizer.model'];

/**
 * Downloads `config.json`, `tokenizer.model` and the weights (safetensors before PyTorch files) of
 * the commit that the revision names, each checked against the hash that the hub states. What is
 * there already with the same content is kept; a file that was broken off goes on where it was;
 * what an earlier download of another commit brought is removed.
 * @throws AppError `DOWNLOAD_FAILED`, `CHECKPOINT_INVALID` when the model has no weights there,
 *   `DISK_FULL` before anything is changed, `OUTPUT_FAILED` or `CANCELLED`
 */
export async function downloadCheckpoint(
  options: HubOptions,
  onProgress: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<HubResult> {
  const { outFolder } = options;
  const named: Access = {
    repo: options.repo,
    revision: options.revision,
    fetch: (input: Parameters<typeof fetch>[0], init?: RequestInit) =>
      fetch(input, { ...init, ...(signal === undefined ? {} : { signal }) }),
    ...(options.token === undefined ? {} : { accessToken: options.token }),
    ...(options.hubUrl === undefined ? {} : { hubUrl: options.hubUrl }),
  };
  const commit = await asDownload(options, signal, () => resolveCommit(options, named));
  // from here on by the commit: the revision may move on while its files are fetched
  const access: Access = { ...named, revision: commit };
  const entries = await asDownload(options, signal, () => listAll(options, access));
  const wanted = chooseFiles(entries, options).map((entry) => toHubFile(entry, options));
  const meter = new ProgressMeter('bytes', onProgress);
  const plan = await planFolder(outFolder, wanted, meter, signal);
  await requireSpace(outFolder, plan);
  await clearFolder(outFolder, plan, commit, wanted);
  meter.expect(plan.missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  for (const file of plan.missing) {
    await asDownload(options, signal, () => fetchFile(options, access, file, meter, signal));
  }
  return {
    files: wanted.map(({ name }) => name),
    sizeBytes: wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    commit,
  };
}

/** What the hub's own functions need to know. */
type Access = Parameters<typeof listFiles>[0];

async function resolveCommit({ repo, revision }: HubOptions, access: Access): Promise<string> {
  const { sha } = await modelInfo({ ...access, name: repo, revision, additionalFields: ['sha'] });
  if (!/^[0-9a-f]{40,64}$/.test(sha)) {
    throw new AppError('DOWNLOAD_FAILED', `${repo}: the hub names no commit for ${revision}`);
  }
  return sha;
}

async function listAll({ repo }: HubOptions, access: Access): Promise<ListFileEntry[]> {
  const entries: ListFileEntry[] = [];
  for await (const entry of listFiles(access)) {
    entries.push(entry);
    if (entries.length > MAX_FILES) {
      throw new AppError('DOWNLOAD_FAILED', `${repo}: more than ${MAX_FILES} files`);
    }
  }
  return entries;
}

function toHubFile({ path, size, oid, lfs }: ListFileEntry, { repo }: HubOptions): HubFile {
  if (lfs === undefined && oid === undefined) {
    throw new AppError('DOWNLOAD_FAILED', `${repo}: the hub states no hash of ${path}`);
  }
  const hash = lfs === undefined ? (`git:${oid ?? ''}` as const) : (`sha256:${lfs.oid}` as const);
  return { name: path, sizeBytes: size, hash };
}

async function fetchFile(
  options: HubOptions,
  access: Access,
  file: HubFile,
  meter: ProgressMeter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name: path, sizeBytes, hash } = file;
  const target = joinPath(options.outFolder, path);
  if (hash.startsWith('git:')) {
    const blob = await hubDownload({ ...access, path });
    if (blob === null || blob.size > MAX_GIT_FILE_BYTES) {
      throw new AppError('DOWNLOAD_FAILED', `${options.repo}: ${path} is gone, or too large`);
    }
    const bytes = new Uint8Array(await blob.arrayBuffer());
    if (!isGitFile(file, bytes)) {
      throw new AppError(
        'DOWNLOAD_FAILED',
        `${options.repo}: ${path} came with other content than git has by its id`,
      );
    }
    await writeWholeFile(target, bytes);
    meter.advance(sizeBytes, path);
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
    sizeBytes,
    hash: { kind: 'SHA-256', digest: hash.slice('sha256:'.length) },
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

async function requireSpace(folder: string, plan: FolderPlan): Promise<void> {
  // stale files go before anything is fetched
  const needed = plan.missingBytes - plan.staleBytes;
  const free = await freeBytes(folder);
  if (free < needed) {
    const gb = (bytes: number): string => (bytes / 1e9).toFixed(1);
    throw new AppError(
      'DISK_FULL',
      `${folder}: the checkpoint needs ${gb(needed)} GB more, ${gb(free)} GB are free`,
      { folder, neededBytes: needed, freeBytes: free },
    );
  }
}

/** Names whatever goes wrong with the hub. */
async function asDownload<T>(
  { repo, revision }: HubOptions,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
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
