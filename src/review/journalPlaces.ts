// Which entries of a large journal are about which rows of the dataset as it is now.

import { lowerBound, NumberColumn } from '../base/numberColumn';
import type { RowResult } from '../formats/datasetRow';
import type { Sample } from '../sample/sample';
import type { EntryPlace, JournalIndex } from './journalIndex';
import { sampleHash } from './sampleHash';
import { placesOf } from './verdicts';

/** An entry that is about a row. */
export interface EntryOnRow {
  readonly place: EntryPlace;
  readonly stale: boolean;
}

/** How the rows of a dataset are read. */
export interface RowReaders {
  /** those on some lines, and perhaps others; the last line that is wanted comes with it */
  readonly some: (isWanted: (line: number) => boolean, last: number) => AsyncGenerator<RowResult>;
  readonly all: () => AsyncGenerator<RowResult>;
}

/** What rows must know of a journal, by their line, in some forty bytes each. */
export class JournalPlaces {
  readonly #lines = new NumberColumn();
  readonly #offsets = new NumberColumn();
  readonly #sizes = new NumberColumn();
  readonly #stale = new NumberColumn();
  #order = new Uint32Array(0);

  /**
   * Looks where the entries point. Only for ids with an entry that does not find its content there is
   * the whole file searched.
   * @throws AppError as reading a candidate file does
   */
  static async find(journal: JournalIndex, readers: RowReaders): Promise<JournalPlaces> {
    const places = new JournalPlaces();
    const settled = await entriesInPlace(journal, readers);
    const moved = await MovedRows.read(journal, settled, readers);
    // in the order of time, which the entries of a row keep
    for (const [n, entry] of journal.ofRows.entries()) {
      const line = journal.lineOf(entry);
      const found =
        settled[n] === 1
          ? { lines: [line], stale: false }
          : placesOf({ line, sampleHash: journal.contentOf(entry) }, moved.of(journal.idOf(entry)));
      const { offset, sizeBytes } = journal.place(entry);
      for (const each of found.lines) {
        places.#lines.push(each);
        places.#offsets.push(offset);
        places.#sizes.push(sizeBytes);
        places.#stale.push(found.stale ? 1 : 0);
      }
    }
    places.#order = sortedPlaces(places.#lines.values());
    return places;
  }

  /** Those of one row, oldest first. */
  on(line: number): readonly EntryOnRow[] {
    const lineAt = (n: number): number => this.#lines.at(this.#order[n] ?? 0);
    const found: EntryOnRow[] = [];
    let at = lowerBound(this.#order.length, lineAt, line);
    for (; at < this.#order.length && lineAt(at) === line; at += 1) {
      const place = this.#order[at] ?? 0;
      found.push({
        place: { offset: this.#offsets.at(place), sizeBytes: this.#sizes.at(place) },
        stale: this.#stale.at(place) === 1,
      });
    }
    return found;
  }
}

/** Places of a list in the order of their values; of equal ones the first comes first. */
function sortedPlaces(values: ArrayLike<number>): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: values.length }, (_, place) => place);
  return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
}

/** @returns 1 for each of those entries whose content is still on its line */
async function entriesInPlace(journal: JournalIndex, { some }: RowReaders): Promise<Uint8Array> {
  const { ofRows } = journal;
  const settled = new Uint8Array(ofRows.length);
  if (ofRows.length === 0) {
    return settled; // so that a dataset without a journal may be a pipe
  }
  const lines = Float64Array.from(ofRows, (entry) => journal.lineOf(entry));
  const order = sortedPlaces(lines);
  const lineAt = (n: number): number => lines[order[n] ?? 0] ?? 0;
  const firstOn = (line: number): number => lowerBound(order.length, lineAt, line);
  const isWanted = (line: number): boolean => lineAt(firstOn(line)) === line;
  for await (const row of some(isWanted, lineAt(order.length - 1))) {
    if (!row.ok || !isWanted(row.sample.line)) {
      continue;
    }
    const { id, content } = numbersOf(journal, row.sample);
    for (let n = firstOn(row.sample.line); n < order.length; n += 1) {
      const place = order[n] ?? 0;
      const entry = ofRows[place] ?? 0;
      if (lineAt(n) !== row.sample.line) {
        break;
      }
      if (journal.idOf(entry) === id && journal.contentOf(entry) === content) {
        settled[place] = 1;
      }
    }
  }
  return settled;
}

/** Rows of the ids whose entries are not all in place: what {@link placesOf} needs. */
class MovedRows {
  readonly #ids = new NumberColumn();
  readonly #lines = new NumberColumn();
  readonly #contents = new NumberColumn();
  #order = new Uint32Array(0);
  /** entries that follow each other are often about one id */
  #last: { readonly id: number; readonly rows: ReadonlyMap<number, number> } | undefined;

  static async read(
    journal: JournalIndex,
    settled: Uint8Array,
    { all }: RowReaders,
  ): Promise<MovedRows> {
    const moved = new MovedRows();
    if (!settled.includes(0)) {
      return moved;
    }
    const wanted = new Uint8Array(journal.ids.count);
    for (const [n, entry] of journal.ofRows.entries()) {
      if (settled[n] === 0) {
        wanted[journal.idOf(entry)] = 1;
      }
    }
    for await (const row of all()) {
      const id = row.ok ? journal.ids.find(row.sample.id) : undefined;
      if (row.ok && id !== undefined && wanted[id] === 1) {
        moved.#ids.push(id);
        moved.#lines.push(row.sample.line);
        moved.#contents.push(numbersOf(journal, row.sample).content);
      }
    }
    moved.#order = sortedPlaces(moved.#ids.values());
    return moved;
  }

  /** Content by line. */
  of(id: number): ReadonlyMap<number, number> {
    if (this.#last?.id !== id) {
      const idAt = (n: number): number => this.#ids.at(this.#order[n] ?? 0);
      const from = lowerBound(this.#order.length, idAt, id);
      const to = lowerBound(this.#order.length, idAt, id + 1);
      const places = [...this.#order.subarray(from, to)];
      const rows = new Map(
        places.map((place) => [this.#lines.at(place), this.#contents.at(place)] as const),
      );
      this.#last = { id, rows };
    }
    return this.#last.rows;
  }
}

/** -1 for what no entry names. */
function numbersOf(
  { ids, contents }: JournalIndex,
  sample: Sample,
): { readonly id: number; readonly content: number } {
  return {
    id: ids.find(sample.id) ?? -1,
    content: contents.find(sampleHash(sample)) ?? -1,
  };
}
