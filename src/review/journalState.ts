// What a journal amounts to: which entries stand, and one person's verdict on each sample.

import {
  isDecision,
  NO_VERDICT,
  type Decision,
  type JournalEntry,
  type Verdict,
} from '../sample/verdict';

/** Names a sample of the dataset as it is now. */
export interface SampleKey {
  readonly id: string;
  readonly line: number;
  readonly hash: string;
}

/** Entries in order, with what follows from them. Build a new one when an entry is added. */
export class JournalState {
  readonly #standing: readonly JournalEntry[];
  readonly #bySample: ReadonlyMap<string, readonly JournalEntry[]>;

  readonly entries: readonly JournalEntry[];

  /** @param entries in any order: journals are merged by concatenation, so time decides */
  constructor(entries: readonly JournalEntry[]) {
    this.entries = entries.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const undone = undoneEntries(this.entries);
    this.#standing = this.entries.filter((entry) => !undone.has(entry.uid));
    this.#bySample = Map.groupBy(
      this.#standing.filter((entry) => entry.kind !== 'undo'),
      ({ id }) => id,
    );
  }

  /**
   * One person's verdict on a sample.
   * @param hashAt content hash of the sample that now stands on a line with a given id, if any:
   *   an entry follows its content when rows move, unless its old line still holds the same
   */
  verdict(
    by: string,
    key: SampleKey,
    hashAt: (line: number, id: string) => string | undefined,
  ): Verdict {
    const own = this.#bySample.get(key.id)?.filter((entry) => entry.by === by) ?? [];
    const current = own.filter(
      (entry) =>
        entry.sampleHash === key.hash &&
        (entry.line === key.line || hashAt(entry.line, entry.id) !== entry.sampleHash),
    );
    const stale = own.filter((entry) => entry.line === key.line && entry.sampleHash !== key.hash);
    const entries = current.length > 0 ? current : stale;
    if (entries.length === 0) {
      return NO_VERDICT;
    }
    const decision = entries.findLast(isDecision);
    return {
      ...(decision === undefined ? {} : { decision }),
      flagged: lastOf(entries, 'flag')?.on ?? false,
      note: lastOf(entries, 'note')?.text ?? '',
      stale: current.length === 0,
    };
  }

  /** Lines that entries about an id point to. */
  linesOf(id: string): readonly number[] {
    return [...new Set(this.#bySample.get(id)?.map((entry) => entry.line))];
  }

  /** The entry that an undo takes back. */
  undoneBy(entry: JournalEntry): JournalEntry | undefined {
    return entry.kind === 'undo'
      ? this.entries.find((candidate) => candidate.uid === entry.of)
      : undefined;
  }

  /** Everybody who has an entry that stands, in order of first appearance. */
  people(): readonly string[] {
    return [...new Set(this.#standing.map((entry) => entry.by))];
  }

  /** Samples (by id and line) that a person has decided, by any decision that stands. */
  decidedBy(by: string): ReadonlyMap<string, Decision> {
    const decided = new Map<string, Decision>();
    for (const entry of this.#standing) {
      if (entry.by === by && isDecision(entry)) {
        decided.set(`${entry.line}\u0000${entry.id}`, entry);
      }
    }
    return decided;
  }

  /** How many samples a person has flagged. */
  flaggedBy(by: string): number {
    const flags = new Map<string, boolean>();
    for (const entry of this.#standing) {
      if (entry.by === by && entry.kind === 'flag') {
        flags.set(`${entry.line}\u0000${entry.id}`, entry.on);
      }
    }
    return [...flags.values()].filter(Boolean).length;
  }

  /** The entry that an undo by this person takes back: their last action that stands. */
  undoTarget(by: string): JournalEntry | undefined {
    return this.#standing.findLast((entry) => entry.by === by && entry.kind !== 'undo');
  }

  /** The undo that a redo takes back: the last one that stands, if nothing was done since. */
  redoTarget(by: string): JournalEntry | undefined {
    const byUid = new Map(this.entries.map((entry) => [entry.uid, entry]));
    const undoesAction = (entry: JournalEntry): boolean =>
      entry.kind === 'undo' && byUid.get(entry.of)?.kind !== 'undo';
    const at = this.#standing.findLastIndex((entry) => entry.by === by && undoesAction(entry));
    const since = this.#standing.slice(at + 1);
    return at < 0 || since.some((entry) => entry.by === by && entry.kind !== 'undo')
      ? undefined
      : this.#standing[at];
  }
}

/** Uids of entries taken back by an undo that itself stands. */
function undoneEntries(entries: readonly JournalEntry[]): ReadonlySet<string> {
  const undone = new Set<string>();
  // an undo can only name an earlier entry, so from the end every undo met is settled
  for (const entry of [...entries].reverse()) {
    if (entry.kind === 'undo' && !undone.has(entry.uid)) {
      undone.add(entry.of);
    }
  }
  return undone;
}

function lastOf<K extends JournalEntry['kind']>(
  entries: readonly JournalEntry[],
  kind: K,
): Extract<JournalEntry, { kind: K }> | undefined {
  return entries.findLast((entry) => entry.kind === kind) as
    Extract<JournalEntry, { kind: K }> | undefined;
}
