// Whether a row is one that the queue shows, and where.

import type { RowResult } from '../formats/datasetRow';
import {
  HIDDEN_VALUES,
  SORTS,
  type QueueFilter,
  type RowValues,
  type Sort,
} from '../sample/queueQuery';
import type { Sample } from '../sample/sample';
import { bestMargin, bestReward, pairsThatDiffer, standingOf } from '../sample/standing';
import type { Verdict } from '../sample/verdict';

/** What is known of a row. */
export interface RowFacts {
  readonly result: RowResult;
  readonly verdict: Verdict;
  readonly rewards: readonly (number | null)[] | undefined;
  /** rewards that differ by less tie */
  readonly noiseFloor: number;
}

export function matches(filter: QueueFilter, facts: RowFacts): boolean {
  const { result, verdict, rewards, noiseFloor } = facts;
  const { text, standings, marginBelow, sources, domains } = filter;
  if (!result.ok) {
    const others = [text, marginBelow, sources, domains];
    return others.every((each) => each === undefined) && standings?.includes('broken') !== false;
  }
  const { sample } = result;
  const margin = bestMargin(rewards);
  return (
    (standings === undefined ||
      (verdict.flagged && standings.includes('flagged')) ||
      standings.includes(standingOf(verdict, rewards, noiseFloor))) &&
    (marginBelow === undefined || (margin !== undefined && margin < marginBelow)) &&
    (domains === undefined || domains.includes(sample.domain ?? '')) &&
    (sources === undefined || sourcesOf(sample).some((source) => sources.includes(source))) &&
    (text === undefined || holds(sample, text.toLocaleLowerCase()))
  );
}

function holds({ id, messages, candidates }: Sample, wanted: string): boolean {
  const texts = [id, ...messages.map(({ content }) => content), ...candidates.map((c) => c.text)];
  return texts.some((text) => text.toLocaleLowerCase().includes(wanted));
}

function sourcesOf({ candidates }: Sample): readonly string[] {
  return candidates.map(({ source }) => source ?? '');
}

/** What a row is sorted by; `undefined` comes last, in either direction. */
export function sortKey(sort: Sort, facts: RowFacts): number | string | undefined {
  const { result, verdict, rewards, noiseFloor } = facts;
  if (!result.ok) {
    return sort === 'file' ? result.line : undefined;
  }
  const { sample } = result;
  switch (sort) {
    case 'file':
      return sample.line;
    case 'margin':
      return bestMargin(rewards);
    case 'disagreement':
      return verdict.decision?.kind === 'rank' && rewards !== undefined
        ? pairsThatDiffer(verdict, rewards, noiseFloor)
        : undefined;
    case 'length':
      return Math.max(0, ...sample.candidates.map(({ text }) => text.length));
    case 'reward':
      return bestReward(rewards);
    case 'domain':
      return sample.domain;
    case 'source':
      return [...sourcesOf(sample)].sort()[0];
    case 'changed':
      return verdict.decision === undefined ? undefined : Date.parse(verdict.decision.at);
  }
}

/** All that a row can be sorted by. @param isHidden without what a blind reviewer does not see */
export function rowValues(facts: RowFacts, isHidden: boolean): RowValues {
  const hidden: readonly string[] = isHidden ? HIDDEN_VALUES : [];
  const values = SORTS.filter((sort) => !hidden.includes(sort)).map(
    (sort) => [sort, sortKey(sort, facts)] as const,
  );
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
