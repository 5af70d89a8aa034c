// The journal of one dataset on disk: read once, then only added to.

import { AppError, errorText } from '../base/errors';
import { TaskQueue } from '../base/taskQueue';
import { appendDurably } from '../node/appendOnlyFile';
import { fileSizeBytes } from '../node/folder';
import { MAX_LINE_BYTES, readLines } from '../node/lineReader';
import type { JournalEntry } from '../sample/verdict';
import { formatJournalLine, parseJournalLine } from './journalLine';

/** A line that is not an entry. It stays in the file and counts for nothing. */
export interface JournalFault {
  readonly line: number;
  readonly reason: string;
  /** the last line, without its newline: a write was cut short */
  readonly torn: boolean;
}

export interface JournalContent {
  readonly entries: readonly JournalEntry[];
  readonly faults: readonly JournalFault[];
}

/** An entry and the bytes of the file that say it. */
export interface PlacedLine {
  readonly entry: JournalEntry;
  readonly offset: number;
  readonly sizeBytes: number;
}

export class JournalFile {
  // one write after the other: the order in the file is the order of decisions
  readonly #writes = new TaskQueue();

  constructor(readonly path: string) {}

  /** @throws AppError `JOURNAL_UNREADABLE`; a missing file is an empty journal */
  async read(): Promise<JournalContent> {
    const entries: JournalEntry[] = [];
    const faults: JournalFault[] = [];
    for await (const { entry } of this.scan(faults)) {
      entries.push(entry);
    }
    return { entries, faults };
  }

  /**
   * The same one entry at a time, with where it is.
   * @param faults receives them
   * @throws AppError as {@link read} does
   */
  async *scan(faults: JournalFault[]): AsyncGenerator<PlacedLine> {
    if ((await fileSizeBytes(this.path)) === undefined) {
      return;
    }
    try {
      for await (const { line, offset, bytes, sizeBytes, ended } of readLines(this.path)) {
        if (bytes === undefined) {
          const reason = `${sizeBytes} bytes, at most ${MAX_LINE_BYTES} are read`;
          faults.push({ line, reason, torn: !ended });
          continue;
        }
        const text = new TextDecoder().decode(bytes);
        if (text.trim() === '') {
          continue;
        }
        const entry = parseJournalLine(text);
        if (typeof entry === 'string') {
          faults.push({ line, reason: entry, torn: !ended });
        } else {
          yield { entry, offset, sizeBytes };
        }
      }
    } catch (error) {
      // it names the file
      throw new AppError('JOURNAL_UNREADABLE', errorText(error), { file: this.path });
    }
  }

  /** Resolves when the entry is on disk. @throws AppError `JOURNAL_NOT_SAVED` */
  append(entry: JournalEntry): Promise<void> {
    return this.#writes.enqueue(async () => {
      try {
        await appendDurably(this.path, formatJournalLine(entry));
      } catch (error) {
        const why = errorText(error);
        const message = why.includes(this.path) ? why : `${this.path}: ${why}`;
        throw new AppError('JOURNAL_NOT_SAVED', message, { file: this.path });
      }
    });
  }
}
