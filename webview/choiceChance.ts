// How likely the person is to choose the model's best answer over its second, in words.

import type { ScoreView } from '../src/protocol/sampleParts';
import { MIN_PAIRS } from '../src/sample/statistics';
import { chanceText, countText, letterOf, t } from './words';

/**
 * A probability only with a temperature, and where that comes from.
 * @returns `undefined` where there is nothing to say: fewer than two rewards, or no pair yet
 */
export function choiceWords({ candidates, calibration: fit }: ScoreView): string | undefined {
  const [best, second] = candidates
    .flatMap((score, index) => (score.state === 'scored' ? [{ index, reward: score.reward }] : []))
    .sort((a, b) => b.reward - a.reward || a.index - b.index);
  if (fit === undefined || best === undefined || second === undefined) {
    return undefined;
  }
  if (fit.pairs < MIN_PAIRS) {
    return t('No probability yet: {0} of {1} pairs.', fit.pairs, MIN_PAIRS);
  }
  if (fit.state === 'notIdentified') {
    return fit.reason === 'separable'
      ? t('No probability: all {0} of your pairs follow the rewards.', countText(fit.pairs))
      : t(
          'No probability: in your {0} pairs higher rewards are not chosen more often.',
          countText(fit.pairs),
        );
  }
  const chance = 1 / (1 + Math.exp((second.reward - best.reward) / fit.temperature));
  return t(
    '{0}: chance that you would choose {1} over {2}. Fitted on {3} of your pairs (T = {4}).',
    chanceText(chance),
    letterOf(best.index),
    letterOf(second.index),
    countText(fit.pairs),
    fit.temperature.toFixed(1),
  );
}
