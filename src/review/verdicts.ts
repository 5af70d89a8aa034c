// Whose verdict stands on which row of the dataset as it is now.

import type { AnswerChange } from '../sample/revision';
import {
  isDecision,
  NO_VERDICT,
  type Decision,
  type EntryHead,
  type JournalEntry,
  type Verdict,
} from '../sample/verdict';
import type { JournalState } from './journalState';

/** Rows of the dataset by id: the content hash ({@link sampleHash}) on each line. */
export type RowsById = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** A change with the entry that says it. */
export type PlacedChange = EntryHead & AnswerChange;

interface PlacedEntry {
  readonly entry: JournalEntry;
  /** the row says something else than what was judged */
  readonly stale: boolean;
}

/** The entries of a journal that stand, put to the rows that they are about. */
export class Verdicts {
  readonly #byLine = new Map<number, PlacedEntry[]>();

  /** @param rows all rows whose ids the journal names; see `findJournalRows` for which may lack */
  constructor(journal: JournalState, rows: RowsById) {
    for (const entry of journal.standing) {
      if (entry.kind !== 'undo') {
        const { lines, stale } = placesOf(entry, rows.get(entry.id));
        for (const line of lines) {
          const placed = this.#byLine.get(line) ?? [];
          placed.push({ entry, stale });
          this.#byLine.set(line, placed);
        }
      }
    }
  }

  #own(by: string, line: number): readonly PlacedEntry[] {
    return (this.#byLine.get(line) ?? []).filter(({ entry }) => entry.by === by);
  }

  /**
   * One person's verdict on the sample of a line.
   * @param candidates how many the file has. With it, ranks name only answers that were there when
   *   they were given: one that was taken back gives its place, not its rank, to a later one
   */
  of(by: string, line: number, candidates?: number): Verdict {
    const own = this.#own(by, line);
    if (own.length === 0) {
      return NO_VERDICT;
    }
    const last = lastDecision(own, false);
    const current =
      last === undefined || candidates === undefined
        ? last
        : withAnswers(last, candidates + addedBefore(own, last));
    const decision = current ?? lastDecision(own, true);
    return {
      ...(decision === undefined ? {} : { decision }),
      flagged: lastOf(own, 'flag')?.on ?? false,
      note: lastOf(own, 'note')?.text ?? '',
      stale: decision !== undefined && current === undefined,
    };
  }

  /** The answers that a person has edited and added on the row of a line, oldest first. */
  changesOf(by: string, line: number): readonly PlacedChange[] {
    return this.#own(by, line).flatMap(({ entry, stale }) =>
      (entry.kind === 'edit' || entry.kind === 'add') && !stale ? [entry] : [],
    );
  }

  /** How many of such changes are about a sample that says something else by now. */
  staleChangesOf(by: string, line: number): number {
    return this.#own(by, line).filter(
      ({ entry, stale }) => stale && (entry.kind === 'edit' || entry.kind === 'add'),
    ).length;
  }

  /** Lines of the rows that have entries, whoever made them. */
  lines(): Iterable<number> {
    return this.#byLine.keys();
  }

  /** One person's verdicts on all rows that have entries, each row once. */
  allOf(by: string): readonly Verdict[] {
    return [...this.#byLine.keys()].map((line) => this.of(by, line));
  }
}

/**
 * The rows an entry is about. An entry follows its content when rows move, unless its old line still
 * holds the same. Where the content is gone it stays, stale, with its line, or else with the nearest
 * row of its id.
 * @param rows hash by line of the rows with the entry's id
 */
function placesOf(
  { line, sampleHash }: JournalEntry,
  rows: ReadonlyMap<number, string> = new Map(),
): { readonly lines: readonly number[]; readonly stale: boolean } {
  if (rows.get(line) === sampleHash) {
    return { lines: [line], stale: false };
  }
  const moved = [...rows].flatMap(([other, hash]) => (hash === sampleHash ? [other] : []));
  if (moved.length > 0) {
    return { lines: moved, stale: false };
  }
  if (rows.has(line)) {
    return { lines: [line], stale: true };
  }
  const [nearest] = [...rows.keys()].sort((a, b) => Math.abs(a - line) - Math.abs(b - line));
  return { lines: nearest === undefined ? [] : [nearest], stale: true };
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
