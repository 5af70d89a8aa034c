// Files from the network: streamed to disk, continued where an earlier try stopped.

import { rm } from 'node:fs/promises';
import { throwIfAborted } from '../base/abort';
import { AppError, errorText } from '../base/errors';
import { PartialFile } from './atomicFile';
import { fileSizeBytes } from './folder';
import { sha256OfFile, sha512OfFile } from './hash';

/** Small documents of a feed are read whole, up to this size. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

/** @throws AppError `DOWNLOAD_FAILED` or `CANCELLED` */
export async function downloadJson(url: string, signal?: AbortSignal): Promise<unknown> {
  const response = await request(url, {}, signal);
  requireStatus(url, response, [200]);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of bodyOf(url, response, signal)) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_JSON_BYTES) {
      throw failed(url, `more than ${MAX_JSON_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw failed(url, `not JSON (${errorText(error)})`);
  }
}

export interface Download {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** where it goes; appears when it is complete and checked */
  readonly path: string;
  readonly sizeBytes: number;
  /** what the sender says of the content: hexadecimal for SHA-256, base64 for SHA-512 */
  readonly hash: { readonly kind: 'SHA-256' | 'SHA-512'; readonly digest: string };
  /** told about every piece, also about what was there already */
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a file and checks its hash. What an interrupted try left beside it is kept, and continued
 * when the server can.
 * @throws AppError `DOWNLOAD_FAILED`, `OUTPUT_FAILED` or `CANCELLED`
 */
export async function downloadFile(download: Download): Promise<void> {
  const { url, path, sizeBytes, headers, onBytes, signal } = download;
  const partialPath = PartialFile.partialPathOf(path);
  const left = (await fileSizeBytes(partialPath)) ?? 0;
  const kept = left <= sizeBytes ? left : 0;
  const complete = kept === sizeBytes && kept > 0;
  const range: Record<string, string> = kept > 0 ? { range: `bytes=${kept}-` } : {};
  const response = complete ? undefined : await request(url, { ...headers, ...range }, signal);
  if (response !== undefined) {
    requireStatus(url, response, kept > 0 ? [200, 206] : [200]);
  }
  // a server that starts over answers 200 or another range
  const answered = response?.headers.get('content-range') ?? '';
  const continues = complete || (response?.status === 206 && answered.startsWith(`bytes ${kept}-`));
  const out = await PartialFile.create(path, continues);
  let done = continues ? kept : 0;
  if (done > 0) {
    onBytes(done);
  }
  let isBad = false;
  try {
    if (response !== undefined) {
      for await (const chunk of bodyOf(url, response, signal)) {
        throwIfAborted(signal);
        done += chunk.byteLength;
        if (done > sizeBytes) {
          isBad = true;
          throw failed(url, `more than the ${sizeBytes} bytes that were announced`);
        }
        await out.write(chunk);
        onBytes(chunk.byteLength);
      }
    }
    if (done !== sizeBytes) {
      throw failed(url, `ended after ${done} of ${sizeBytes} bytes`);
    }
    const found = await hashOf(partialPath, download);
    if (found !== download.hash.digest) {
      isBad = true;
      throw failed(
        url,
        `its ${download.hash.kind} is ${found.slice(0, 16)}…, the sender says ` +
          `${download.hash.digest.slice(0, 16)}…; it was deleted`,
      );
    }
  } catch (error) {
    await out.abandon(isBad);
    throw error;
  }
  await out.commit();
}

function hashOf(path: string, { hash, signal }: Download): Promise<string> {
  return hash.kind === 'SHA-256' ? sha256OfFile(path, { signal }) : sha512OfFile(path, { signal });
}

/** Removes a download and what is left of an interrupted one. */
export async function removeDownload(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(PartialFile.partialPathOf(path), { force: true });
}

async function request(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  throwIfAborted(signal);
  try {
    return await fetch(url, { headers, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw toDownloadError(url, error, signal);
  }
}

async function* bodyOf(
  url: string,
  response: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    if (response.body !== null) {
      yield* response.body;
    }
  } catch (error) {
    throw error instanceof AppError ? error : toDownloadError(url, error, signal);
  }
}

function requireStatus(url: string, response: Response, allowed: readonly number[]): void {
  if (!allowed.includes(response.status)) {
    throw failed(url, `the server answered ${response.status} ${response.statusText}`);
  }
}

function toDownloadError(url: string, error: unknown, signal: AbortSignal | undefined): AppError {
  if (signal?.aborted === true) {
    return new AppError('CANCELLED', 'cancelled');
  }
  // fetch hides the reason behind "fetch failed"
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return failed(url, errorText(cause));
}

function failed(url: string, why: string): AppError {
  return new AppError('DOWNLOAD_FAILED', `${url}: ${why}`, { url });
}
