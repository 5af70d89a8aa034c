// Runs in a process of its own: scores one sample and tells what memory that took beyond the weights.

import fs from 'node:fs';
import { RewardModel } from '../../../src/model/rewardModel';
import type { Sample } from '../../../src/sample/sample';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';
import { localScorer } from '../../support/localScorer';
import { seededRandom } from '../../support/random';

/** Tokens that the template adds to a prompt, and to a candidate. */
const PROMPT_FRAME = 8;
const CANDIDATE_FRAME = 8;

function field(name: string): number {
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
}

export interface Memory {
  readonly prefixTokens: number;
  readonly tailTokens: number;
  /** resident once the model was loaded, bytes */
  readonly loadedBytes: number;
  /** most that was resident while the sample was scored, bytes */
  readonly peakBytes: number;
  readonly seconds: number;
}

export async function measure(
  modelFolder: string,
  prefixTokens: number,
  tailTokens: number,
  candidates: number,
): Promise<Memory> {
  const model = await RewardModel.load(modelFolder, { threads: 0 });
  const random = seededRandom(3);
  // one byte, one token: random bytes do not merge
  const text = (tokens: number): string => {
    const letters = 'qjxzkvwyfgbp0123456789';
    let written = '';
    for (let length = tokens; model.tokenizer.encode(written, 'plain').length < tokens;) {
      written = Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join(
        '',
      );
      length += tokens - model.tokenizer.encode(written, 'plain').length;
    }
    return written;
  };
  const sample: Sample = {
    id: 'memory',
    line: 1,
    messages: [{ role: 'user', content: text(prefixTokens - PROMPT_FRAME) }],
    candidateRole: 'assistant',
    images: [],
    videos: [],
    candidates: Array.from({ length: candidates }, () => ({
      text: text(tailTokens - CANDIDATE_FRAME),
    })),
  };
  const scorer = localScorer(model);
  const loadedBytes = field('VmRSS');
  // makes VmHWM start anew (proc(5))
  fs.writeFileSync('/proc/self/clear_refs', '5');
  const start = performance.now();
  const score = await scorer.score({ sample, mediaRoot: '.', options: DEFAULT_SCORE_OPTIONS });
  const seconds = (performance.now() - start) / 1000;
  if (score.rewards.includes(null)) {
    throw new Error(`no reward: ${JSON.stringify([score.error, score.errors])}`);
  }
  return {
    prefixTokens: score.tokens.prefix,
    tailTokens: score.tokens.tails[0] ?? 0,
    loadedBytes,
    peakBytes: field('VmHWM'),
    seconds,
  };
}
