// One dataset under review: its rows, everybody's verdicts, and the rewards known so far.

import { Emitter } from '../base/emitter';
import { AppError } from '../base/errors';
import type { Disposable } from '../base/disposable';
import type { RowResult } from '../formats/candidateRow';
import { randomId } from '../node/hash';
import type { SampleScore } from '../sample/reward';
import type { Sample } from '../sample/sample';
import { NO_VERDICT, type EntryBody, type JournalEntry, type Verdict } from '../sample/verdict';
import type { Dataset } from './dataset';
import { JournalFile, type JournalFault } from './journalFile';
import { JournalState } from './journalState';
import { sampleHash } from './sampleHash';

/** What changed; views ask for the rest. */
export type SessionEvent =
  | { readonly type: 'verdict'; readonly line: number }
  /** verdicts may have changed anywhere */
  | { readonly type: 'journal' }
  | { readonly type: 'score'; readonly line: number }
  /** all rewards are void: another model, other options */
  | { readonly type: 'scoresCleared' };

export interface SessionOptions {
  readonly dataset: Dataset;
  readonly journalPath: string;
  /** whose verdicts are shown and made */
  readonly person: string;
  /** for the time of entries; milliseconds since 1970 */
  readonly now?: () => number;
}

/** Progress of one person. */
export interface ReviewProgress {
  readonly reviewed: number;
  readonly skipped: number;
  readonly total: number;
}

export class ReviewSession implements Disposable {
  readonly onChange = new Emitter<SessionEvent>();
  readonly dataset: Dataset;
  readonly person: string;
  readonly journalPath: string;
  readonly #file: JournalFile;
  readonly #now: () => number;
  readonly #scores = new Map<number, SampleScore>();
  #journal = new JournalState([]);
  #faults: readonly JournalFault[] = [];
  #lastTime = 0;

  private constructor(options: SessionOptions) {
    this.dataset = options.dataset;
    this.person = options.person;
    this.journalPath = options.journalPath;
    this.#file = new JournalFile(options.journalPath);
    this.#now = options.now ?? Date.now;
  }

  /** Reads the journal, too. @throws AppError `JOURNAL_UNREADABLE` */
  static async open(options: SessionOptions): Promise<ReviewSession> {
    const session = new ReviewSession(options);
    await session.reloadJournal();
    return session;
  }

  /** Lines of the journal that are not entries. */
  get journalFaults(): readonly JournalFault[] {
    return this.#faults;
  }

  get journal(): JournalState {
    return this.#journal;
  }

  get progress(): ReviewProgress {
    const decisions = [...this.#journal.decidedBy(this.person).values()];
    const skipped = decisions.filter((decision) => decision.kind === 'skip').length;
    return { reviewed: decisions.length - skipped, skipped, total: this.dataset.rowCount };
  }

  /** Takes in what others, or git, have added. Fires only when something changed. */
  async reloadJournal(): Promise<void> {
    const { entries, faults } = await this.#file.read();
    this.#faults = faults;
    const known = new Set(this.#journal.entries.map((entry) => entry.uid));
    if (entries.length !== known.size || entries.some((entry) => !known.has(entry.uid))) {
      this.#journal = new JournalState(entries);
      this.onChange.fire({ type: 'journal' });
    }
  }

  async verdict(row: number): Promise<Verdict> {
    const result = await this.dataset.row(row);
    return result?.ok === true ? this.#verdictOf(result.sample) : NO_VERDICT;
  }

  async #verdictOf(sample: Sample): Promise<Verdict> {
    const { id, line } = sample;
    // where else entries of this id point: a row that still stands there keeps them
    const hashes = new Map<number, string>();
    for (const other of this.#journal.linesOf(id)) {
      const row = this.dataset.rowAt(other);
      const result = row === undefined ? undefined : await this.dataset.row(row);
      if (result?.ok === true && result.sample.id === id) {
        hashes.set(other, sampleHash(result.sample));
      }
    }
    const key = { id, line, hash: sampleHash(sample) };
    return this.#journal.verdict(this.person, key, (at) => hashes.get(at));
  }

  /**
   * Records something about a sample. Resolves when it is on disk.
   * @throws AppError `JOURNAL_NOT_SAVED`; nothing is changed then
   */
  async record(sample: Sample, body: EntryBody): Promise<JournalEntry> {
    return this.#append({ id: sample.id, line: sample.line, hash: sampleHash(sample) }, body);
  }

  /** Takes back this person's last action. @returns it, or `undefined` when there is none */
  async undo(): Promise<JournalEntry | undefined> {
    const target = this.#journal.undoTarget(this.person);
    return target && this.#takeBack(target, target);
  }

  /** Takes back the last undo, if nothing was done since. @returns the action that stands again */
  async redo(): Promise<JournalEntry | undefined> {
    const undo = this.#journal.redoTarget(this.person);
    const action = undo && this.#journal.undoneBy(undo);
    return action && this.#takeBack(undo, action);
  }

  async #takeBack(entry: JournalEntry, action: JournalEntry): Promise<JournalEntry> {
    const { id, line, sampleHash: hash } = action;
    await this.#append({ id, line, hash }, { kind: 'undo', of: entry.uid });
    return action;
  }

  async #append(
    key: { readonly id: string; readonly line: number; readonly hash: string },
    body: EntryBody,
  ): Promise<JournalEntry> {
    // two entries never share a time, or their order would be lost in a merge
    this.#lastTime = Math.max(this.#now(), this.#lastTime + 1);
    const entry: JournalEntry = {
      v: 1,
      uid: randomId(),
      at: new Date(this.#lastTime).toISOString(),
      by: this.person,
      id: key.id,
      line: key.line,
      sampleHash: key.hash,
      ...body,
    };
    await this.#file.append(entry);
    this.#journal = new JournalState([...this.#journal.entries, entry]);
    this.onChange.fire({ type: 'verdict', line: key.line });
    return entry;
  }

  /** Rewards of the sample on a line, if known. */
  score(line: number): SampleScore | undefined {
    return this.#scores.get(line);
  }

  setScore(line: number, score: SampleScore): void {
    this.#scores.set(line, score);
    this.onChange.fire({ type: 'score', line });
  }

  clearScores(): void {
    this.#scores.clear();
    this.onChange.fire({ type: 'scoresCleared' });
  }

  /** Median over the scored samples of best minus worst reward; the scale of reward strips. */
  medianRange(): number | undefined {
    const ranges = [...this.#scores.values()]
      .map(({ rewards }) => rewards.filter((reward) => reward !== null))
      .filter((rewards) => rewards.length > 1)
      .map((rewards) => Math.max(...rewards) - Math.min(...rewards))
      .sort((a, b) => a - b);
    return ranges[ranges.length >> 1];
  }

  /** The sample on a row. @throws AppError the row's own fault */
  async sample(row: number): Promise<Sample> {
    const result = await this.dataset.row(row);
    if (result === undefined) {
      throw new AppError('INTERNAL', `no row ${row}`);
    }
    return requireSample(result);
  }

  dispose(): void {
    this.onChange.dispose();
    void this.dataset.close();
  }
}

/** @throws AppError what is wrong with the row */
export function requireSample(result: RowResult): Sample {
  if (!result.ok) {
    throw new AppError(result.error.code, result.error.message, result.error.data);
  }
  return result.sample;
}
