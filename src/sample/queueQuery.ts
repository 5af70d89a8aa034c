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

/** The queue is the file itself. */
export function isFileOrder({ filter, sort, descending }: QueueQuery): boolean {
  return (
    sort === 'file' && !descending && Object.values(filter).every((each) => each === undefined)
  );
}
