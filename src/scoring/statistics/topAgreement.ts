// Whether the model's best answer is the person's best answer.

import type { TopAgreement } from '../../sample/statistics';
import { bySample, bootstrapRatio } from './bootstrapInterval';
import { mean } from './quantile';
import { wilsonInterval } from './wilsonInterval';

/** The best answers of one sample, by two judges who order the same answers. */
export interface TopChoice {
  /** names the sample: two people may have judged it */
  readonly sample: number;
  /** from 0 to 1: how often the model's best, drawn at random from its ties, is among the person's */
  readonly hit: number;
  /** the same for an answer that is drawn at random from all */
  readonly chance: number;
}

/**
 * @param sample names it
 * @param person place of each answer, 1 is best; ties share a place
 * @param model likewise, of the same answers
 * @returns `undefined` where the person puts all of them first: any answer would do
 */
export function topChoice(
  sample: number,
  person: readonly number[],
  model: readonly number[],
): TopChoice | undefined {
  const [best, modelBest] = [Math.min(...person), Math.min(...model)];
  const own = person.filter((place) => place === best).length;
  const picked = model.flatMap((place, n) => (place === modelBest ? [person[n] === best] : []));
  return own === person.length
    ? undefined
    : { sample, hit: picked.filter(Boolean).length / picked.length, chance: own / person.length };
}

/**
 * Over verdicts. The interval is Wilson's where each sample has one and all hits are whole, else a
 * bootstrap over samples.
 * @returns `undefined` without verdicts
 */
export function topAgreement(choices: readonly TopChoice[]): TopAgreement | undefined {
  const hits = choices.map(({ hit }) => hit);
  if (hits.length === 0) {
    return undefined;
  }
  const value = mean(hits);
  const shares = bySample(choices.map(({ sample, hit }) => ({ sample, value: hit })));
  const isWhole = shares.length === hits.length && hits.every((hit) => hit === 0 || hit === 1);
  return {
    value,
    interval:
      (isWhole ? undefined : bootstrapRatio(shares)) ??
      wilsonInterval(value * shares.length, shares.length),
    chance: mean(choices.map(({ chance }) => chance)),
    verdicts: hits.length,
    samples: shares.length,
  };
}
