// Where the editor, the command and their engines keep what can be made again.

import path from 'node:path';
import envPaths from 'env-paths';

/** In the user's cache folder, or in `REWARDLENS_CACHE`. It need not exist. */
export function cacheFolder(...parts: string[]): string {
  const base = process.env.REWARDLENS_CACHE ?? envPaths('rewardlens', { suffix: '' }).cache;
  return path.join(base, ...parts);
}
