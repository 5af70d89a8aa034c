// Fetches ONNX Runtime's CUDA libraries from their package feed (NuGet API v3) and puts them in place.

import * as z from 'zod';
import { AppError } from '../base/errors';
import { ProgressMeter, type Progress } from '../base/progress';
import { downloadFile, downloadJson, removeDownload } from '../node/download';
import { joinPath, requireWritableFolder } from '../node/folder';
import { extractEntries } from '../node/zipEntries';
import { CUDA_LIBRARIES } from './cudaProvider';

export const CUDA_PACKAGE = 'Microsoft.ML.OnnxRuntime.Gpu.Linux';
export const PACKAGE_FEED = 'https://api.nuget.org/v3/index.json';

/** Where the libraries lie inside the package. */
const FOLDER_IN_PACKAGE = 'runtimes/linux-x64/native';
// Version 1.30 has about 0.4 GB unpacked, most of it the CUDA provider.
const MAX_PACKAGE_BYTES = 2 * 1024 ** 3;
const MAX_LIBRARY_BYTES = 2 * 1024 ** 3;

/** A package as its feed describes it, before anything is downloaded. */
export interface CudaPackage {
  readonly version: string;
  readonly url: string;
  readonly sizeBytes: number;
  /** base64, as published by the feed */
  readonly sha512: string;
}

const indexSchema = z.object({
  resources: z.array(
    z.object({ '@id': z.string(), '@type': z.union([z.string(), z.array(z.string())]) }),
  ),
});
const leafSchema = z.object({ catalogEntry: z.string(), packageContent: z.string() });
const entrySchema = z.object({
  version: z.string(),
  packageHash: z.base64(),
  packageHashAlgorithm: z.literal('SHA512'),
  packageSize: z.int().positive().max(MAX_PACKAGE_BYTES),
});

/**
 * Asks the feed for the package of the runtime's own version: another one would not load.
 * @throws AppError `DOWNLOAD_FAILED` or `CANCELLED`
 */
export async function findCudaPackage(
  feed: string,
  version: string,
  signal?: AbortSignal,
): Promise<CudaPackage> {
  const read = async <T>(url: string, schema: z.ZodType<T>): Promise<T> => {
    const checked = schema.safeParse(await downloadJson(sameScheme(feed, url), signal));
    if (!checked.success) {
      throw new AppError('DOWNLOAD_FAILED', `${url}: ${z.prettifyError(checked.error)}`, { url });
    }
    return checked.data;
  };
  const { resources } = await read(feed, indexSchema);
  const registrations = resources.find((resource) =>
    [resource['@type']].flat().includes('RegistrationsBaseUrl/3.6.0'),
  )?.['@id'];
  if (registrations === undefined) {
    throw new AppError('DOWNLOAD_FAILED', `${feed}: no registrations there`, { url: feed });
  }
  const base = registrations.replace(/\/$/, '');
  const leaf = await read(`${base}/${CUDA_PACKAGE.toLowerCase()}/${version}.json`, leafSchema);
  const entry = await read(leaf.catalogEntry, entrySchema);
  if (entry.version !== version) {
    throw new AppError(
      'DOWNLOAD_FAILED',
      `${leaf.catalogEntry}: version ${entry.version}, asked for ${version}`,
      { url: leaf.catalogEntry },
    );
  }
  return {
    version,
    url: sameScheme(feed, leaf.packageContent),
    sizeBytes: entry.packageSize,
    sha512: entry.packageHash,
  };
}

/** A feed reached over TLS must not send us elsewhere without. */
function sameScheme(feed: string, url: string): string {
  if (new URL(feed).protocol === 'https:' && !url.startsWith('https:')) {
    throw new AppError('DOWNLOAD_FAILED', `${url}: not over https`, { url });
  }
  return url;
}

export interface CudaTarget {
  /** for the package while it is being downloaded; kept when interrupted */
  readonly downloadFolder: string;
  /** where the runtime's own library lies */
  readonly runtimeFolder: string;
}

/**
 * Downloads, checks and unpacks. Nothing of a package with another hash is ever unpacked.
 * @throws AppError `DOWNLOAD_FAILED`, `OUTPUT_FAILED` (also when the runtime's folder can't be
 *   written, before anything is downloaded) or `CANCELLED`
 */
export async function installCudaPackage(
  found: CudaPackage,
  { downloadFolder, runtimeFolder }: CudaTarget,
  onProgress: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<void> {
  await requireWritableFolder(runtimeFolder);
  const { url, sizeBytes, sha512, version } = found;
  const path = joinPath(downloadFolder, `${CUDA_PACKAGE}.${version}.nupkg`);
  const meter = new ProgressMeter('bytes', onProgress);
  meter.expect(sizeBytes);
  await downloadFile({
    url,
    path,
    sizeBytes,
    hash: { kind: 'SHA-512', digest: sha512 },
    onBytes: (bytes) => meter.advance(bytes, CUDA_PACKAGE),
    signal,
  });
  const wanted = CUDA_LIBRARIES.map((name) => ({
    name: `${FOLDER_IN_PACKAGE}/${name}`,
    path: joinPath(runtimeFolder, name),
  }));
  await extractEntries(path, wanted, MAX_LIBRARY_BYTES, signal);
  await removeDownload(path);
}
