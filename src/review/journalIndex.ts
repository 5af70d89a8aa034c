// Where the entries of a large journal are, and what must be known of all of them: some hundred bytes
// each, whatever they say. The entries themselves are read again when the row comes.

import { NumberColumn } from '../base/numberColumn';
import { TextNumbers } from '../node/textNumbers';
import type { JournalFault, JournalFile, PlacedLine } from './journalFile';
import { changesAnswers, timeOf, undoneInTheEnd, undoneUids, type Undo } from './journalState';

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
  /** entries that edit or add answers */
  readonly #changes = new Set<number>();
  /** what undos of such entries are about */
  readonly #abouts = new Map<number, number>();
  #ofRows: Uint32Array = new Uint32Array(0);

  /** @throws AppError `JOURNAL_UNREADABLE`; a missing file is an empty journal */
  static async read(file: JournalFile): Promise<JournalIndex> {
    const index = new JournalIndex();
    const numbers = new Map<string, number>();
    for await (const line of file.scan(index.faults)) {
      index.#add(line, numbers);
    }
    index.#ofRows = index.#findOfRows();
    return index;
  }

  /** What rows must know, as `JournalState.ofRows` has it, oldest first. */
  get ofRows(): Uint32Array {
    return this.#ofRows;
  }

  place(entry: number): EntryPlace {
    return { offset: this.#offsets.at(entry), sizeBytes: this.#sizes.at(entry) };
  }

  /** Of the row that the entry is about, as it was then. */
  lineOf(entry: number): number {
    return this.#lines.at(this.#about(entry));
  }

  /** A number of {@link ids}. */
  idOf(entry: number): number {
    return this.#entryIds.at(this.#about(entry));
  }

  /** A number of {@link contents}. */
  contentOf(entry: number): number {
    return this.#entryContents.at(this.#about(entry));
  }

  #about(entry: number): number {
    return this.#abouts.get(entry) ?? entry;
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
    } else if (changesAnswers(entry)) {
      this.#changes.add(known);
    }
  }

  #undone(): ReadonlySet<number> {
    return new Set(this.#numbersOf(undoneUids(this.#undos)));
  }

  #findOfRows(): Uint32Array {
    this.#findAbouts();
    const gone = this.#undone();
    const undos = new Set(this.#numbersOf(this.#undos.map(({ uid }) => uid)));
    const all = Uint32Array.from({ length: this.#uids.count }, (_, entry) => entry);
    return all
      .filter((entry) =>
        undos.has(entry) ? this.#abouts.has(entry) : this.#changes.has(entry) || !gone.has(entry),
      )
      .sort((a, b) => this.#compare(a, b));
  }

  #findAbouts(): void {
    if (this.#changes.size === 0) {
      return;
    }
    const targets = new Map(this.#undos.map(({ uid, of }) => [this.#uids.find(uid) ?? -1, of]));
    for (const undo of targets.keys()) {
      const about = undoneInTheEnd(
        undo,
        (uid) => this.#uids.find(uid),
        (entry) => targets.get(entry),
      );
      if (about !== undefined && this.#changes.has(about)) {
        this.#abouts.set(undo, about);
      }
    }
  }

  #numbersOf(uids: Iterable<string>): number[] {
    return [...uids].flatMap((uid) => this.#uids.find(uid) ?? []);
  }

  /** By time, then by place in the file. */
  #compare(a: number, b: number): number {
    return this.#times.at(a) - this.#times.at(b) || a - b;
  }
}
