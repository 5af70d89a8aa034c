// What the parent process tells the engine through environment variables.

import { errorText } from '../base/errors';
import type { Logger } from '../base/logger';
import { BlobCache } from '../node/blobCache';
import { cacheFolder } from '../node/cacheFolder';
import { joinPath } from '../node/folder';
import { FEATURE_CACHE } from '../scoring/cachedFeatures';
import { FeatureCache } from '../scoring/featureCache';
import { VideoReader } from '../vision/videoReader';

const DEFAULT_CACHE_GB = 4;
const BYTES_PER_GB = 1e9;

/** Threads inside one operator; 0 lets the runtime choose. */
export function inferenceThreads(): number {
  return Number(process.env.REWARDLENS_THREADS ?? 0);
}

/**
 * Rows of pictures and videos on disk: in the user's cache folder or `REWARDLENS_CACHE`, at most
 * `REWARDLENS_CACHE_GB` (0: none). Several engines share it.
 */
export function featureCache(logger: Logger): FeatureCache | undefined {
  const gigabytes = Number(process.env.REWARDLENS_CACHE_GB ?? DEFAULT_CACHE_GB);
  if (!(gigabytes > 0)) {
    return undefined;
  }
  const onFault = (error: unknown): void =>
    logger.log('warn', 'the cache of pictures can’t be used', { reason: errorText(error) });
  return new FeatureCache(
    new BlobCache(cacheFolder('features'), gigabytes * BYTES_PER_GB, onFault),
  );
}

/** What score heads multiply: a second fit computes only what is new. */
export function headFeatureCache(logger: Logger): BlobCache {
  const { folder, limitBytes } = FEATURE_CACHE;
  return new BlobCache(cacheFolder(folder), limitBytes, (error) =>
    logger.log('warn', 'the cache of features can’t be used', { reason: errorText(error) }),
  );
}

/** @param bundles folder of the bundles, `dist/` */
export function videoReader(bundles: string): VideoReader {
  return new VideoReader({
    ffmpeg: process.env.REWARDLENS_FFMPEG ?? '',
    labels: joinPath(bundles, '..', 'media', 'frame-labels', 'labels.png'),
    storedFrames: process.env.REWARDLENS_STORED_FRAMES ?? '',
  });
}
