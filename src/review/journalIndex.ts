// Where the entries of a large journal are, and what must be known of all of them: some hundred bytes
// each, whatever they say. The entries themselves are read again when the row comes.

import { NumberColumn } from '../base/numberColumn';
import { TextNumbers } from '../node/textNumbers';
import type { JournalFault, JournalFile, PlacedLine } from './journalFile';
import { timeOf, undoneUids, type Undo } from './journalState';

/** Bytes of the journal that say one entry. */
export interface EntryPlace {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** The entries of a journal by number, in the order of the file; doubled ones once. */
export class JournalIndex {
  readonly faults: JournalFault[] = [];
  /** what was judged, numbered */
  readonly contents = new TextNumbers();
  /** ids of samples, numbered */
  readonly ids = new TextNumbers();
  readonly #uids = new TextNumbers();
  readonly #people: string[] = [];
  readonly #offsets = new NumberColumn();
  readonly #sizes = new NumberColumn();
  readonly #times = new NumberColumn();
  readonly #lines = new NumberColumn();
  readonly #entryIds = new NumberColumn();
  readonly #entryContents = new NumberColumn();
  readonly #entryPeople = new NumberColumn();
  readonly #undos: Undo[] = [];
  #standing: Uint32Array = new Uint32Array(0);

  /** @throws AppError `JOURNAL_UNREADABLE`; a missing file is an empty journal */
  static async read(file: JournalFile): Promise<JournalIndex> {
    const index = new JournalIndex();
    const numbers = new Map<string, number>();
    for await (const line of file.scan(index.faults)) {
      index.#add(line, numbers);
    }
    index.#standing = index.#findStanding();
    return index;
  }

  /** Entries that were not taken back and are no undos, oldest first. */
  get standing(): Uint32Array {
    return this.#standing;
  }

  place(entry: number): EntryPlace {
    return { offset: this.#offsets.at(entry), sizeBytes: this.#sizes.at(entry) };
  }

  /** Of the row that was judged, as it was then. */
  lineOf(entry: number): number {
    return this.#lines.at(entry);
  }

  /** A number of {@link ids}. */
  idOf(entry: number): number {
    return this.#entryIds.at(entry);
  }

  /** A number of {@link contents}. */
  contentOf(entry: number): number {
    return this.#entryContents.at(entry);
  }

  /** Everybody who has an entry that stands, undos included, in order of first appearance. */
  people(): readonly string[] {
    const first = new Map<number, number>();
    const undone = this.#undone();
    for (let entry = 0; entry < this.#uids.count; entry += 1) {
      const person = this.#entryPeople.at(entry);
      const earlier = first.get(person);
      if (!undone.has(entry) && (earlier === undefined || this.#compare(entry, earlier) < 0)) {
        first.set(person, entry);
      }
    }
    return [...first]
      .sort(([, a], [, b]) => this.#compare(a, b))
      .map(([person]) => this.#people[person] ?? '');
  }

  #add({ entry, offset, sizeBytes }: PlacedLine, numbers: Map<string, number>): void {
    const known = this.#uids.count;
    if (this.#uids.add(entry.uid) < known) {
      return; // journals are merged by concatenation
    }
    let person = numbers.get(entry.by);
    if (person === undefined) {
      person = this.#people.push(entry.by) - 1;
      numbers.set(entry.by, person);
    }
    this.#offsets.push(offset);
    this.#sizes.push(sizeBytes);
    this.#times.push(timeOf(entry));
    this.#lines.push(entry.line);
    this.#entryIds.push(this.ids.add(entry.id));
    this.#entryContents.push(this.contents.add(entry.sampleHash));
    this.#entryPeople.push(person);
    if (entry.kind === 'undo') {
      this.#undos.push({ uid: entry.uid, of: entry.of });
    }
  }

  #undone(): ReadonlySet<number> {
    return new Set(this.#numbersOf(undoneUids(this.#undos)));
  }

  #findStanding(): Uint32Array {
    const gone = this.#undone();
    const undos = new Set(this.#numbersOf(this.#undos.map(({ uid }) => uid)));
    const standing = Uint32Array.from({ length: this.#uids.count }, (_, entry) => entry);
    return standing
      .filter((entry) => !gone.has(entry) && !undos.has(entry))
      .sort((a, b) => this.#compare(a, b));
  }

  #numbersOf(uids: Iterable<string>): number[] {
    return [...uids].flatMap((uid) => this.#uids.find(uid) ?? []);
  }

  /** By time, then by place in the file. */
  #compare(a: number, b: number): number {
    return this.#times.at(a) - this.#times.at(b) || a - b;
  }
}
