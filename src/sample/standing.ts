// Where a sample stands: what the person has decided, and how that fits the model's order.

import { disagreements, groupsFromRewards, toPlaces } from './ranking';
import type { Verdict } from './verdict';

export const STANDINGS = [
  'todo',
  'reviewed',
  'skipped',
  'differs',
  'stale',
  'broken',
  'noReward',
] as const;

/**
 * `differs`: reviewed, and the model puts a pair the other way round; `stale`: decided before the
 * sample changed; `broken`: can't be read; `noReward`: undecided, and no candidate has a reward.
 */
export type Standing = (typeof STANDINGS)[number];

/** What rows are chosen by; a flag stands beside the rest. */
export type Condition = Standing | 'flagged';

type Rewards = readonly (number | null)[] | undefined;

/**
 * @param rewards of the sample's candidates; `undefined` before it is scored
 * @param noiseFloor rewards that differ by less tie
 */
export function standingOf(verdict: Verdict, rewards: Rewards, noiseFloor: number): Standing {
  const { decision, stale } = verdict;
  if (decision !== undefined && stale) {
    return 'stale';
  }
  if (decision?.kind === 'skip') {
    return 'skipped';
  }
  if (decision !== undefined) {
    return pairsThatDiffer(verdict, rewards, noiseFloor) > 0 ? 'differs' : 'reviewed';
  }
  return rewards?.every((reward) => reward === null) === true ? 'noReward' : 'todo';
}

/**
 * Pairs of candidates that the person and the model put in opposite orders.
 * @param noiseFloor rewards that differ by less tie
 */
export function pairsThatDiffer(
  { decision, stale }: Verdict,
  rewards: Rewards,
  noiseFloor: number,
): number {
  if (decision?.kind !== 'rank' || stale || rewards === undefined) {
    return 0;
  }
  const own = toPlaces(decision.ranks, rewards.length);
  return disagreements(own, toPlaces(groupsFromRewards(rewards, noiseFloor), rewards.length))
    .length;
}

/** Best minus second reward; `undefined` with fewer than two. */
export function bestMargin(rewards: Rewards): number | undefined {
  const [best, second] = known(rewards);
  return best === undefined || second === undefined ? undefined : best - second;
}

/** The highest reward; `undefined` without any. */
export function bestReward(rewards: Rewards): number | undefined {
  return known(rewards)[0];
}

function known(rewards: Rewards): readonly number[] {
  return (rewards ?? []).filter((reward) => reward !== null).sort((a, b) => b - a);
}
