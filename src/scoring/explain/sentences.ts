// The reward after each sentence: the answer cut there is one more candidate of the same prompt.

import { changeOf, type CheckedReward, type SentenceCurve } from '../../sample/explanation';
import { sentencesOf } from '../../sample/sentences';
import { rewardAt, tailTokens, textOf, withTexts, type Plan, type Subject } from './plan';

/** A smaller fall is not marked: share of the curve's range. */
const LEAST_SHARE = 0.1;

/** One request, so that all cuts share the prompt. `undefined` for an empty answer. */
export function planSentences(subject: Subject): Plan<SentenceCurve> | undefined {
  const { request, candidate, own, noiseFloor } = subject;
  const text = textOf(request, candidate);
  const sentences = sentencesOf(text);
  if (sentences.length === 0) {
    return undefined;
  }
  const cuts = sentences.map(({ end }) => (end === text.length ? text : text.slice(0, end)));
  const share = cuts.reduce((sum, cut) => sum + cut.length, 0) / text.length;
  return {
    requests: [withTexts(request, cuts)],
    work: {
      vision: 0,
      prefix: own.tokens.prefix,
      tail: Math.ceil(share * tailTokens(own)),
    },
    finish: ([score]) => {
      const steps = sentences.map((span, n) => ({ ...span, ...rewardAt(score, n) }));
      const drop = biggestDrop(steps, noiseFloor);
      return {
        check: 'sentences',
        own: rewardAt(own),
        steps,
        ...(drop === undefined ? {} : { drop }),
      };
    },
  };
}

/**
 * The sentence that lowers the reward most. The first has nothing before it and can't be it.
 * @returns `undefined` when none lowers it
 */
export function biggestDrop(
  steps: readonly CheckedReward[],
  noiseFloor: number,
): SentenceCurve['drop'] {
  let found: { sentence: number; change: number } | undefined;
  for (const [sentence, step] of steps.entries()) {
    const before = steps[sentence - 1];
    const change = before && changeOf(before, step);
    if (change !== undefined && change < (found?.change ?? 0)) {
      found = { sentence, change };
    }
  }
  const rewards = steps.flatMap(({ reward }) => (reward === null ? [] : [reward]));
  const range = Math.max(...rewards) - Math.min(...rewards);
  return (
    found && {
      ...found,
      isMarked: -found.change > noiseFloor && -found.change >= LEAST_SHARE * range,
    }
  );
}
