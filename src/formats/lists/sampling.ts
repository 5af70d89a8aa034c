// How much of a file a mixture takes (LLaVA-NeXT: llava/train/train.py): all, first:N, end:N, random:N,
// with N a number or a share such as 10%.

import { seededRandom } from '../../base/seededRandom';
import { sha256 } from '../../node/hash';

export interface Sampling {
  readonly from: 'first' | 'end' | 'random';
  readonly amount: number;
  readonly isPercent: boolean;
}

const STRATEGY = /^(first|end|random):(\d{1,15})(%?)$/;
/** Of SHA-256: as many bits as a seed has. */
const SEED_DIGITS = 8;

/** @returns `undefined` for all rows, `null` for what is no strategy */
export function parseSampling(strategy: string): Sampling | undefined | null {
  const words = strategy.trim();
  const [, from, amount, percent] = STRATEGY.exec(words) ?? [];
  if (from === undefined) {
    return words === 'all' ? undefined : null;
  }
  return {
    from: from as Sampling['from'],
    amount: Number(amount),
    isPercent: percent === '%',
  };
}

/** Whether the number of rows must be known before the first is taken. */
export function needsCount({ from, isPercent }: Sampling): boolean {
  return from !== 'first' || isPercent;
}

/** How many rows are taken of a file. */
export function sampledCount({ amount, isPercent }: Sampling, count: number): number {
  return Math.min(isPercent ? Math.ceil((amount * count) / 100) : amount, count);
}

/**
 * Tells of each row, one after the other, whether it is taken. Random ones are drawn without
 * replacement, in the order of the file: the same seed always draws the same.
 * @param count rows of the file; any number when it need not be known
 */
export function sampler(
  sampling: Sampling,
  count: number,
  seed: string,
): (index: number) => boolean {
  const { from } = sampling;
  const wanted = sampledCount(sampling, count);
  if (from === 'first') {
    return (index) => index < wanted;
  }
  if (from === 'end') {
    return (index) => index >= count - wanted;
  }
  const random = seededRandom(Number.parseInt(sha256(seed).slice(0, SEED_DIGITS), 16));
  let taken = 0;
  return (index) => {
    const isTaken = random() * (count - index) < wanted - taken;
    taken += isTaken ? 1 : 0;
    return isTaken;
  };
}
