// Which rows the queue shows, and in which order.

import type { Condition } from './standing';

export const SORTS = [
  'file',
  'margin',
  'disagreement',
  'length',
  'reward',
  'domain',
  'source',
  'changed',
] as const;
export type Sort = (typeof SORTS)[number];

/** What a row has of the things that the queue can be sorted by; `changed` in milliseconds. */
export type RowValues = Readonly<Partial<Record<Sort, number | string>>>;

/** Every condition that is there must hold. */
export interface QueueFilter {
  /** in the id, the prompt or an answer, whatever its case */
  readonly text?: string | undefined;
  /** one of these; `flagged` is beside the others */
  readonly standings?: readonly Condition[] | undefined;
  readonly marginBelow?: number | undefined;
  /** an answer of one of these */
  readonly sources?: readonly string[] | undefined;
  readonly domains?: readonly string[] | undefined;
}

export interface QueueQuery {
  readonly filter: QueueFilter;
  readonly sort: Sort;
  /** largest, latest or last in the alphabet first */
  readonly descending: boolean;
}

export const FILE_ORDER: QueueQuery = { filter: {}, sort: 'file', descending: false };

/** What a blind reviewer does not see, and can filter and sort by all the same. */
export const HIDDEN_VALUES = ['margin', 'disagreement', 'reward', 'noReward', 'source'] as const;
export type HiddenValue = (typeof HIDDEN_VALUES)[number];

/** Which hidden values decide what the queue shows, or in which order. */
export function hiddenValuesIn({ filter, sort }: QueueQuery): readonly HiddenValue[] {
  const { marginBelow, standings, sources } = filter;
  const used: Readonly<Record<HiddenValue, boolean>> = {
    margin: marginBelow !== undefined || sort === 'margin',
    disagreement: standings?.includes('differs') === true || sort === 'disagreement',
    reward: sort === 'reward',
    noReward: standings?.includes('noReward') === true,
    source: sources !== undefined || sort === 'source',
  };
  return HIDDEN_VALUES.filter((value) => used[value]);
}

/** Rewards decide what the queue shows, or in which order. */
export function dependsOnRewards(query: QueueQuery): boolean {
  return hiddenValuesIn(query).some((value) => value !== 'source');
}

/** The queue is the file itself. */
export function isFileOrder({ filter, sort, descending }: QueueQuery): boolean {
  return (
    sort === 'file' && !descending && Object.values(filter).every((each) => each === undefined)
  );
}
