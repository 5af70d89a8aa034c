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
  /** @param placed entries that stand, oldest first */
  constructor(readonly placed: readonly PlacedEntry[]) {}

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
    const edited = current === undefined ? [] : editedSince(own, current);
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
    return this.placed.filter(({ entry }) => entry.by === by);
  }
}

/** Ranked answers whose last edit is another one than it was then. */
function editedSince(own: readonly PlacedEntry[], decision: Decision): readonly number[] {
  const at = own.findIndex(({ entry }) => entry.uid === decision.uid);
  const then = lastTexts(own.slice(0, at));
  const now = lastTexts(own);
  return decision.kind === 'rank'
    ? decision.ranks.flat().filter((candidate) => now.get(candidate) !== then.get(candidate))
    : [];
}

/** What edits made of each answer that they name. */
function lastTexts(placed: readonly PlacedEntry[]): ReadonlyMap<number, string> {
  return new Map(
    placed.flatMap(({ entry, stale }) =>
      entry.kind === 'edit' && !stale ? [[entry.candidate, entry.text] as const] : [],
    ),
  );
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
