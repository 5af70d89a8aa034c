// What people say of one row of the dataset.

import type { AnswerChange } from '../sample/revision';
import {
  isDecision,
  NO_VERDICT,
  type Decision,
  type EntryHead,
  type JournalEntry,
  type Verdict,
} from '../sample/verdict';
import { undoneUids } from './journalState';

/** A change with the entry that says it. */
export type PlacedChange = EntryHead & AnswerChange;

/** An entry put to a row. */
export interface PlacedEntry {
  readonly entry: JournalEntry;
  /** the row says something else than what was judged */
  readonly stale: boolean;
}

/** Everybody's verdicts on one row. */
export class RowVerdicts {
  readonly #standing: readonly PlacedEntry[];

  /**
   * @param placed entries, oldest first: those that stand, and for edited and added answers also
   *   those that were taken back, with their undos
   */
  constructor(readonly placed: readonly PlacedEntry[]) {
    this.#standing = standing(placed);
  }

  /**
   * One person's verdict.
   * @param candidates how many the file has. With it, ranks name only answers that were there when
   *   they were given: one that was taken back gives its place, not its rank, to a later one
   */
  of(by: string, candidates?: number): Verdict {
    const own = this.#own(by);
    if (own.length === 0) {
      return NO_VERDICT;
    }
    const last = lastDecision(own, false);
    const current =
      last === undefined || candidates === undefined
        ? last
        : withAnswers(last, candidates + addedBefore(own, last));
    const decision = current ?? lastDecision(own, true);
    const edited = current === undefined ? [] : this.#editedSince(current, candidates);
    return {
      ...(decision === undefined ? {} : { decision }),
      ...(edited.length === 0 ? {} : { editedSince: edited }),
      flagged: lastOf(own, 'flag')?.on ?? false,
      note: lastOf(own, 'note')?.text ?? '',
      stale: decision !== undefined && current === undefined,
    };
  }

  /** The answers that a person has edited and added, oldest first. */
  changesOf(by: string): readonly PlacedChange[] {
    return this.#own(by).flatMap(({ entry, stale }) =>
      (entry.kind === 'edit' || entry.kind === 'add') && !stale ? [entry] : [],
    );
  }

  /** How many of a person's changes are about a sample that says something else by now. */
  staleChangesOf(by: string): number {
    return this.#own(by).filter(
      ({ entry, stale }) => stale && (entry.kind === 'edit' || entry.kind === 'add'),
    ).length;
  }

  #own(by: string): readonly PlacedEntry[] {
    return this.#standing.filter(({ entry }) => entry.by === by);
  }

  /** Ranked answers that say something else than they did then. */
  #editedSince(decision: Decision, candidates: number | undefined): readonly number[] {
    if (decision.kind !== 'rank') {
      return [];
    }
    const at = this.placed.findIndex(({ entry }) => entry.uid === decision.uid);
    const then = textsOf(standing(this.placed.slice(0, at)), decision.by, candidates);
    const now = textsOf(this.#standing, decision.by, candidates);
    return decision.ranks.flat().filter((candidate) => now.get(candidate) !== then.get(candidate));
  }
}

/** What was not taken back, undos left out. */
function standing(placed: readonly PlacedEntry[]): readonly PlacedEntry[] {
  const undos = placed.flatMap(({ entry }) => (entry.kind === 'undo' ? [entry] : []));
  if (undos.length === 0) {
    return placed;
  }
  const undone = undoneUids(undos);
  return placed.filter(({ entry }) => entry.kind !== 'undo' && !undone.has(entry.uid));
}

/**
 * What a person made of each answer that was edited or added.
 * @param candidates how many the file has; without it added answers have no place
 */
function textsOf(
  placed: readonly PlacedEntry[],
  by: string,
  candidates: number | undefined,
): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  let next = candidates;
  for (const { entry, stale } of placed) {
    if (entry.by !== by || stale) {
      continue;
    }
    if (entry.kind === 'edit') {
      texts.set(entry.candidate, entry.text);
    } else if (entry.kind === 'add' && next !== undefined) {
      texts.set(next, entry.text);
      next += 1;
    }
  }
  return texts;
}

function addedBefore(own: readonly PlacedEntry[], { uid }: Decision): number {
  const at = own.findIndex(({ entry }) => entry.uid === uid);
  return own.slice(0, at).filter(({ entry, stale }) => entry.kind === 'add' && !stale).length;
}

/** The decision as far as it is about the first `count` answers. */
function withAnswers(decision: Decision, count: number): Decision {
  if (decision.kind !== 'rank' || decision.ranks.flat().every((index) => index < count)) {
    return decision;
  }
  const ranks = decision.ranks.map((group) => group.filter((index) => index < count));
  return {
    ...decision,
    ranks: ranks.filter((group) => group.length > 0),
    unranked: decision.unranked.filter((index) => index < count),
  };
}

function lastDecision(placed: readonly PlacedEntry[], stale: boolean): Decision | undefined {
  return placed
    .filter((each) => each.stale === stale)
    .map(({ entry }) => entry)
    .findLast(isDecision);
}

function lastOf<K extends JournalEntry['kind']>(
  placed: readonly PlacedEntry[],
  kind: K,
): Extract<JournalEntry, { kind: K }> | undefined {
  return placed.findLast(({ entry }) => entry.kind === kind)?.entry as
    Extract<JournalEntry, { kind: K }> | undefined;
}
