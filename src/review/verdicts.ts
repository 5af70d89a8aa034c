// Whose verdict stands on which row of the dataset as it is now.

import type { EntryHead, Verdict } from '../sample/verdict';
import type { JournalState } from './journalState';
import { RowVerdicts, type PlacedChange, type PlacedEntry } from './rowVerdicts';

/** Rows of the dataset by id: the content hash ({@link sampleHash}) on each line. */
export type RowsById = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** The entries of a journal, put to the rows that they are about. */
export class Verdicts {
  readonly #byLine = new Map<number, PlacedEntry[]>();
  readonly #rows: RowsById;

  /** @param rows all rows whose ids the journal names; see `findJournalRows` for which may lack */
  constructor(journal: JournalState, rows: RowsById) {
    this.#rows = rows;
    for (const { entry, about } of journal.ofRows()) {
      const { lines, stale } = placesOf(about, rows.get(about.id));
      for (const line of lines) {
        const placed = this.#byLine.get(line) ?? [];
        placed.push({ entry, stale });
        this.#byLine.set(line, placed);
      }
    }
  }

  /** Everybody's on the sample of a line. */
  at(line: number): RowVerdicts {
    return new RowVerdicts(this.#byLine.get(line) ?? []);
  }

  /** One person's verdict on the sample of a line; `candidates` as {@link RowVerdicts.of} has it. */
  of(by: string, line: number, candidates?: number): Verdict {
    return this.at(line).of(by, candidates);
  }

  /** The answers that a person has edited and added on the row of a line, oldest first. */
  changesOf(by: string, line: number): readonly PlacedChange[] {
    return this.at(line).changesOf(by);
  }

  /** Where the sample of an entry stands now; `undefined` when the dataset does not have it any more. */
  lineOf(entry: EntryHead): number | undefined {
    return placesOf(entry, this.#rows.get(entry.id)).lines[0];
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
 * @param rows hash by line of the rows with the entry's id; it may stand for itself as any value
 */
export function placesOf<Content>(
  { line, sampleHash }: { readonly line: number; readonly sampleHash: Content },
  rows: ReadonlyMap<number, Content> = new Map(),
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
