// Whether the model's best answer is the person's best answer.

import type { TopAgreement } from '../../sample/statistics';
import { bootstrapMean } from './bootstrapInterval';
import { mean } from './quantile';
import { wilsonInterval } from './wilsonInterval';

/** The best answers of one sample, by two judges who order the same answers. */
export interface TopChoice {
  /** from 0 to 1: how often the model's best, drawn at random from its ties, is among the person's */
  readonly hit: number;
  /** the same for an answer that is drawn at random from all */
  readonly chance: number;
}

/**
 * @param person place of each answer, 1 is best; ties share a place
 * @param model likewise, of the same answers
 * @returns `undefined` where the person puts all of them first: any answer would do
 */
export function topChoice(
  person: readonly number[],
  model: readonly number[],
): TopChoice | undefined {
  const [best, modelBest] = [Math.min(...person), Math.min(...model)];
  const own = person.filter((place) => place === best).length;
  const picked = model.flatMap((place, n) => (place === modelBest ? [person[n] === best] : []));
  return own === person.length
    ? undefined
    : { hit: picked.filter(Boolean).length / picked.length, chance: own / person.length };
}

/**
 * Over samples, which are independent: Wilson's interval where all hits are whole, else a bootstrap.
 * @returns `undefined` without samples
 */
export function topAgreement(choices: readonly TopChoice[]): TopAgreement | undefined {
  const hits = choices.map(({ hit }) => hit);
  if (hits.length === 0) {
    return undefined;
  }
  const value = mean(hits);
  const isWhole = hits.every((hit) => hit === 0 || hit === 1);
  return {
    value,
    interval:
      (isWhole ? undefined : bootstrapMean(hits)) ??
      wilsonInterval(value * hits.length, hits.length),
    chance: mean(choices.map(({ chance }) => chance)),
    samples: hits.length,
  };
}
