// Reads single entries of a journal back.

import { AppError } from '../base/errors';
import { openFileSource, type FileSource } from '../node/fileSource';
import type { JournalEntry } from '../sample/verdict';
import type { EntryPlace } from './journalIndex';
import { parseJournalLine } from './journalLine';

/** Read at once where entries are wanted in the order of the file, as they mostly are. */
const AHEAD_BYTES = 1 << 16;

export class EntryReader {
  #source: FileSource | undefined;
  #held: { readonly offset: number; readonly bytes: Uint8Array } = {
    offset: 0,
    bytes: new Uint8Array(0),
  };

  constructor(readonly path: string) {}

  /** @throws AppError `FILE_NOT_FOUND` or `FILE_UNREADABLE`, also when the journal has been replaced */
  async read(place: EntryPlace): Promise<JournalEntry> {
    const entry = parseJournalLine(new TextDecoder().decode(await this.#bytes(place)));
    if (typeof entry === 'string') {
      const message = `${this.path}: it has changed while it was read (${entry})`;
      throw new AppError('FILE_UNREADABLE', message, { file: this.path });
    }
    return entry;
  }

  async close(): Promise<void> {
    await this.#source?.close();
    this.#source = undefined;
  }

  async #bytes({ offset, sizeBytes }: EntryPlace): Promise<Uint8Array> {
    const end = this.#held.offset + this.#held.bytes.byteLength;
    if (offset < this.#held.offset || offset + sizeBytes > end) {
      this.#source ??= await openFileSource(this.path);
      const isNext = offset <= end + AHEAD_BYTES && offset + sizeBytes > end;
      const rest = Math.max(0, this.#source.sizeBytes - offset);
      const wanted = isNext ? Math.min(rest, Math.max(sizeBytes, AHEAD_BYTES)) : sizeBytes;
      this.#held = { offset, bytes: await this.#source.read(offset, wanted) };
    }
    const from = offset - this.#held.offset;
    return this.#held.bytes.subarray(from, from + sizeBytes);
  }
}
