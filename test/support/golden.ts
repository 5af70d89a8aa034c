// The numbers of the published code, where they are at hand: then none of them may be missing.

import fs from 'node:fs';
import path from 'node:path';
import { GOLDEN } from './paths';

export const hasGolden = fs.existsSync(GOLDEN);

// on import, so once in every file of tests that are left out
if (!hasGolden) {
  console.warn(`golden tests are left out: ${GOLDEN} is not there`);
}

export function goldenFile(...parts: string[]): string {
  return path.join(GOLDEN, ...parts);
}
