// The reward after each sentence in words and numbers.

import { changeOf } from '../../src/sample/explanation';
import type { Found } from '../explanations';
import { marginText, rewardText, t } from '../words';

type Curve = Found<'sentences'>;

/** By how much a sentence moves the reward; the first has nothing before it. */
export function stepOf({ steps }: Curve, sentence: number): number | undefined {
  const [before, own] = [steps[sentence - 1], steps[sentence]];
  return before === undefined || own === undefined ? undefined : changeOf(before, own);
}

/** "biggest drop −1.62, sentence 6" */
export function dropWords({ drop }: Curve): string {
  return drop === undefined
    ? t('no sentence lowers it')
    : t('biggest drop {0}, sentence {1}', marginText(drop.change), drop.sentence + 1);
}

/** "Sentence 6 of 11: 1.68, −1.62, biggest drop." */
export function sentenceWords(curve: Curve, sentence: number): string {
  const { steps, drop } = curve;
  const reward = steps[sentence]?.reward ?? null;
  const step = stepOf(curve, sentence);
  const isDrop = drop?.isMarked === true && drop.sentence === sentence;
  return [
    t('Sentence {0} of {1}: {2}', sentence + 1, steps.length, valueText(reward)),
    ...(step === undefined ? [] : [marginText(step)]),
    ...(isDrop ? [t('biggest drop')] : []),
  ].join(', ');
}

/** All of it, for those who do not see the picture. */
export function curveWords(curve: Curve): string {
  const values = curve.steps.map(({ reward }, n) => `${n + 1}: ${valueText(reward)}`).join(', ');
  return t('Reward after each sentence. {0}. {1}.', values, dropWords(curve));
}

export function valueText(reward: number | null): string {
  return reward === null ? t('no reward') : rewardText(reward);
}
