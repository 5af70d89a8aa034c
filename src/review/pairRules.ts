// Which pairs are worth training on, and on which side of a split they come.

import canonicalize from 'canonicalize';
import { marginOf, type PreferencePair } from '../formats/preferencePair';
import { sha256 } from '../node/hash';
import { TextNumbers } from '../node/textNumbers';
import type { PairPolicy } from '../sample/pair';
import { writtenName } from '../sample/frameList';
import type { Sample } from '../sample/sample';

export interface PairRules {
  readonly policy: PairPolicy;
  /** answers that share a place give two pairs, one in each direction: no trainer learns that one is better */
  readonly ties?: boolean;
  /** least reward of the chosen answer minus that of the rejected one */
  readonly minMargin?: number;
  /** most characters (Unicode code points) of the chosen answer for one of the rejected answer */
  readonly maxLengthRatio?: number;
  /** the same prompt, media and answers give one pair */
  readonly dedupe?: boolean;
}

/** Why a pair is dropped. */
export type Drop = 'belowMargin' | 'withoutMargin' | 'tooLong' | 'duplicate' | 'identical';

export class PairFilter {
  readonly #seen = new TextNumbers();

  constructor(readonly rules: PairRules) {}

  /** @param media of the sample, named so that the same file has the same name in every dataset */
  dropOf(pair: PreferencePair, media: readonly string[]): Drop | undefined {
    const { minMargin, maxLengthRatio, dedupe } = this.rules;
    if (pair.chosen.text === pair.rejected.text) {
      return 'identical';
    }
    const margin = marginOf(pair);
    if (minMargin !== undefined && margin === undefined) {
      return 'withoutMargin';
    }
    if (minMargin !== undefined && margin !== undefined && margin < minMargin) {
      return 'belowMargin';
    }
    const { chosen, rejected, sample } = pair;
    const limit = (maxLengthRatio ?? Infinity) * characters(rejected.text);
    // no answer at all and one of the same length: nothing times infinity is no number
    const isTooLong = !Number.isNaN(limit) && characters(chosen.text) > limit;
    // of a tie both directions go: one alone would say that it is none
    if (
      isTooLong ||
      (pair.tied &&
        characters(rejected.text) > (maxLengthRatio ?? Infinity) * characters(chosen.text))
    ) {
      return 'tooLong';
    }
    return dedupe === true && this.#isKnown([sample.messages, media, chosen.text, rejected.text])
      ? 'duplicate'
      : undefined;
  }

  #isKnown(content: unknown): boolean {
    const { count } = this.#seen;
    return this.#seen.add(canonicalize(content) ?? '') < count;
  }
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

const HASH_DIGITS = 12;

/**
 * Whether a sample belongs to the test split. Only the prompt and its media decide, so the same
 * prompt is never on both sides, whatever the order of samples.
 * @param fraction share of prompts on the test side, from 0 to below 1
 */
export function isForTest({ messages, images, videos }: Sample, fraction: number): boolean {
  const content = { messages, images, videos: videos.map(writtenName) };
  const hash = sha256(canonicalize(content) ?? '');
  return parseInt(hash.slice(0, HASH_DIGITS), 16) / 16 ** HASH_DIGITS < fraction;
}
