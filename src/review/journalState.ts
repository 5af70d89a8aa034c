// What a journal amounts to: its entries in order, and which of them stand.

import type { JournalEntry } from '../sample/verdict';

/** What an undo says: its own uid, and that of the entry it takes back. */
export interface Undo {
  readonly uid: string;
  readonly of: string;
}

/** An entry, and the one that says which row it is about: of an undo, what it takes back in the end. */
export interface EntryAbout {
  readonly entry: JournalEntry;
  readonly about: JournalEntry;
}

/** Entries in order, with what follows from them. Build a new one when an entry is added. */
export class JournalState {
  readonly entries: readonly JournalEntry[];
  /** what was not taken back, undos included */
  readonly standing: readonly JournalEntry[];
  readonly #undone: ReadonlySet<string>;

  /** @param entries in any order, perhaps doubled: journals are merged by concatenation */
  constructor(entries: readonly JournalEntry[]) {
    const distinct = new Map<string, JournalEntry>();
    for (const entry of entries) {
      if (!distinct.has(entry.uid)) {
        distinct.set(entry.uid, entry);
      }
    }
    this.entries = [...distinct.values()].sort((a, b) => timeOf(a) - timeOf(b));
    this.#undone = undoneUids(this.entries.filter((entry) => entry.kind === 'undo'));
    this.standing = this.entries.filter((entry) => !this.#undone.has(entry.uid));
  }

  /**
   * What rows must know: what stands, undos left out; of edited and added answers also what was taken
   * back, with its undos, so that it can be told what they said at any time.
   */
  ofRows(): readonly EntryAbout[] {
    const byUid = new Map(this.entries.map((entry) => [entry.uid, entry]));
    return this.entries.flatMap((entry): EntryAbout[] => {
      if (entry.kind !== 'undo') {
        return changesAnswers(entry) || !this.#undone.has(entry.uid)
          ? [{ entry, about: entry }]
          : [];
      }
      const about = undoneInTheEnd(entry, (uid) => byUid.get(uid), undoOf);
      return about !== undefined && changesAnswers(about) ? [{ entry, about }] : [];
    });
  }

  /** Time of a person's newest entry, milliseconds since 1970; 0 when there is none. */
  lastTimeOf(by: string): number {
    const last = this.entries.findLast((entry) => entry.by === by);
    return last === undefined ? 0 : timeOf(last);
  }

  /** The entry that an undo takes back. */
  undoneBy(entry: JournalEntry): JournalEntry | undefined {
    return entry.kind === 'undo'
      ? this.entries.find((candidate) => candidate.uid === entry.of)
      : undefined;
  }

  /** A person judged the answers of a sample before a time, perhaps took it back or skipped it since. */
  judgedBefore(by: string, sampleHash: string, before: number): boolean {
    return this.entries.some(
      (entry) =>
        (entry.kind === 'rank' || entry.kind === 'allBad') &&
        entry.by === by &&
        entry.sampleHash === sampleHash &&
        timeOf(entry) < before,
    );
  }

  /** Everybody who has an entry that stands, in order of first appearance. */
  people(): readonly string[] {
    return [...new Set(this.standing.map((entry) => entry.by))];
  }

  /** The entry that an undo by this person takes back: their last action that stands. */
  undoTarget(by: string): JournalEntry | undefined {
    return this.standing.findLast((entry) => entry.by === by && entry.kind !== 'undo');
  }

  /** The undo that a redo takes back: the last one that stands, if nothing was done since. */
  redoTarget(by: string): JournalEntry | undefined {
    const byUid = new Map(this.entries.map((entry) => [entry.uid, entry]));
    const undoesAction = (entry: JournalEntry): boolean =>
      entry.kind === 'undo' && byUid.get(entry.of)?.kind !== 'undo';
    const at = this.standing.findLastIndex((entry) => entry.by === by && undoesAction(entry));
    const since = this.standing.slice(at + 1);
    return at < 0 || since.some((entry) => entry.by === by && entry.kind !== 'undo')
      ? undefined
      : this.standing[at];
  }
}

/** An answer is edited or added. */
export function changesAnswers({ kind }: JournalEntry): boolean {
  return kind === 'edit' || kind === 'add';
}

function undoOf(entry: JournalEntry): string | undefined {
  return entry.kind === 'undo' ? entry.of : undefined;
}

/**
 * What an undo, or an undo of undos, is about.
 * @param find by uid
 * @param targetOf the uid that an undo takes back; `undefined` of what is no undo
 * @returns `undefined` where that is not there, or undos take each other back in a circle
 */
export function undoneInTheEnd<Entry>(
  undo: Entry,
  find: (uid: string) => Entry | undefined,
  targetOf: (entry: Entry) => string | undefined,
): Entry | undefined {
  const seen = new Set<string>();
  let entry: Entry | undefined = undo;
  while (entry !== undefined) {
    const uid = targetOf(entry);
    if (uid === undefined) {
      return entry;
    }
    entry = seen.has(uid) ? undefined : find(uid);
    seen.add(uid);
  }
  return undefined;
}

/** Milliseconds since 1970; what is no time comes first. */
export function timeOf({ at }: JournalEntry): number {
  const time = Date.parse(at);
  return Number.isNaN(time) ? 0 : time;
}

/**
 * Uids of entries taken back by an undo that itself stands. Undos say by uid what they take back, so
 * neither the order of lines nor a clock that was wrong matters. Undos that take each other back in
 * a circle count for nothing.
 */
export function undoneUids(undos: readonly Undo[]): ReadonlySet<string> {
  // an undo is settled once every undo of it is
  const unsettled = new Map(undos.map(({ uid }) => [uid, 0]));
  for (const { of } of undos) {
    const count = unsettled.get(of);
    if (count !== undefined) {
      unsettled.set(of, count + 1);
    }
  }
  const byUid = new Map(undos.map((undo) => [undo.uid, undo]));
  const undone = new Set<string>();
  const settled = undos.filter(({ uid }) => unsettled.get(uid) === 0);
  for (let undo = settled.pop(); undo !== undefined; undo = settled.pop()) {
    if (!undone.has(undo.uid)) {
      undone.add(undo.of);
    }
    const target = byUid.get(undo.of);
    if (target !== undefined) {
      const left = (unsettled.get(target.uid) ?? 0) - 1;
      unsettled.set(target.uid, left);
      if (left === 0) {
        settled.push(target);
      }
    }
  }
  return undone;
}
