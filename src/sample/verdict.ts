// What people decide about samples: the entries of a verdict journal.

import type { RankGroups } from './ranking';

/** What every journal entry says. */
export interface EntryHead {
  readonly v: 1;
  /** unique over all journals */
  readonly uid: string;
  /** ISO 8601, UTC */
  readonly at: string;
  /** who */
  readonly by: string;
  readonly id: string;
  readonly line: number;
  /** SHA-256 of what was judged; another hash means the sample has changed since */
  readonly sampleHash: string;
}

/** What an entry does. Indices are those of the candidates in the file. */
export type EntryBody =
  | {
      readonly kind: 'rank';
      readonly ranks: RankGroups;
      readonly unranked: readonly number[];
      /** the model's order was taken over; not an independent vote */
      readonly accepted: boolean;
      /** sources and rewards were hidden */
      readonly blind: boolean;
      /** the order in which the candidates were shown */
      readonly shown: readonly number[];
      /** time spent on the sample, milliseconds */
      readonly ms: number;
      /** blind, and the queue was filtered or sorted by these hidden values (`HIDDEN_VALUES`) */
      readonly filteredBy?: readonly string[] | undefined;
    }
  | { readonly kind: 'allBad' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'flag'; readonly on: boolean }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'edit'; readonly candidate: number; readonly text: string }
  | { readonly kind: 'add'; readonly text: string; readonly source: string }
  /** takes an earlier entry back; undoing an undo is a redo */
  | { readonly kind: 'undo'; readonly of: string };

export type JournalEntry = EntryHead & EntryBody;

/** The bodies that settle a sample. The last one that is not undone counts. */
export type DecisionBody = Extract<EntryBody, { kind: 'rank' | 'allBad' | 'skip' }>;
export type Decision = EntryHead & DecisionBody;

/** A judgement of the answers: a sample that was skipped is still to be judged. */
export function isJudged({ decision, stale }: Verdict): boolean {
  return decision !== undefined && decision.kind !== 'skip' && !stale;
}

export function isDecision(entry: JournalEntry): entry is Decision {
  return entry.kind === 'rank' || entry.kind === 'allBad' || entry.kind === 'skip';
}

/** One person's standing on one sample. */
export interface Verdict {
  readonly decision?: Decision;
  readonly flagged: boolean;
  readonly note: string;
  /** decided on a sample that has changed since: kept, shown as stale and not exported */
  readonly stale: boolean;
  /** answers that say something else than when they were ranked: their ranks count for nothing */
  readonly editedSince?: readonly number[];
}

export const NO_VERDICT: Verdict = { flagged: false, note: '', stale: false };
