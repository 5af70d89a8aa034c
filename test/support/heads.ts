// Head files, as fitting writes them.

import fs from 'node:fs';
import path from 'node:path';
import { formatHeadFile } from '../../src/formats/headFile';
import { floatsToBase64 } from '../../src/node/base64Floats';
import { DEFAULT_SCORE_OPTIONS } from '../../src/sample/scorer';
import type { HeadFacts } from '../../src/sample/headFacts';
import { tempFolder } from './paths';

const { head: _, ...options } = DEFAULT_SCORE_OPTIONS;

export const HEAD_FACTS: HeadFacts = {
  fit: {
    ...{ pairs: 500, samples: 480, l2: 0.1, strength: 2, folds: 5, seed: 7 },
    dataSha256: 'a'.repeat(64),
    options,
  },
  heldOut: {
    ...{ pairs: 500, samples: 480, publishedAccuracy: 0.472, fittedAccuracy: 0.728 },
    accuracyGain: 0.256,
    accuracyInterval: { low: 0.194, high: 0.318 },
    logLikelihoodGain: 0.2,
    logLikelihoodInterval: { low: 0.1, high: 0.3 },
  },
};

/** @returns its path */
export function writeHead(
  model: string,
  weights: readonly number[],
  file = path.join(tempFolder(), 'short.head.json'),
): string {
  fs.writeFileSync(
    file,
    formatHeadFile(model, floatsToBase64(Float32Array.from(weights)), HEAD_FACTS),
  );
  return file;
}
