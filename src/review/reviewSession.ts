// One dataset under review: its rows, everybody's verdicts, and the rewards known so far.

import { Emitter } from '../base/emitter';
import { AppError } from '../base/errors';
import type { Disposable } from '../base/disposable';
import { TaskQueue } from '../base/taskQueue';
import type { RowResult } from '../formats/datasetRow';
import { randomId } from '../node/hash';
import type { SampleScore } from '../sample/reward';
import { reviseAnswers, reviseSample, type RevisedSample } from '../sample/revision';
import type { Sample } from '../sample/sample';
import { NO_VERDICT, type EntryBody, type JournalEntry, type Verdict } from '../sample/verdict';
import type { Dataset } from './dataset';
import { JournalFile, type JournalFault } from './journalFile';
import { addRow, findJournalRows, type JournalRows } from './journalRows';
import { JournalState } from './journalState';
import { KnownScores } from './knownScores';
import { sampleHash } from './sampleHash';
import { Verdicts } from './verdicts';

/** What changed; views ask for the rest. */
export type SessionEvent =
  | { readonly type: 'verdict'; readonly line: number }
  /** an answer was edited or added, or that was taken back */
  | { readonly type: 'answers'; readonly line: number }
  /** a picture or video is another one: rewards of the row are void */
  | { readonly type: 'media'; readonly line: number }
  /** verdicts may have changed anywhere; `arrived`: entries that others have written since */
  | { readonly type: 'journal'; readonly arrived?: readonly JournalEntry[] }
  | { readonly type: 'score'; readonly line: number }
  /** rewards of any rows became known at once */
  | { readonly type: 'scoresLoaded' }
  /** all rewards are void: another model, other options */
  | { readonly type: 'scoresCleared' };

export interface SessionOptions {
  /** the session closes it */
  readonly dataset: Dataset;
  readonly journalPath: string;
  /** whose verdicts are shown and made */
  readonly person: string;
  /** rewards that differ by less tie: noise of the device that computes; 0 without it */
  readonly noiseFloor?: () => number;
  /** for the time of entries; milliseconds since 1970 */
  readonly now?: () => number;
}

/** Progress of one person, in rows of the dataset as it is now; stale verdicts don't count. */
export interface ReviewProgress {
  readonly reviewed: number;
  readonly skipped: number;
  readonly flagged: number;
  readonly total: number;
}

/** What is known of a row beside its content. */
export interface KnownFacts {
  readonly verdict: Verdict;
  /** of all its answers; `undefined` when they were not scored as they are now */
  readonly rewards: readonly (number | null)[] | undefined;
}

/** A score of an earlier time: see {@link ReviewSession.setScore}. */
export interface KnownScore {
  readonly revised: RevisedSample;
  readonly score: SampleScore;
  readonly media: string;
}

/** The latest time that a `Date` can hold. */
const MAX_TIME = 8.64e15;

export class ReviewSession implements Disposable {
  readonly onChange = new Emitter<SessionEvent>();
  readonly dataset: Dataset;
  readonly person: string;
  readonly journalPath: string;
  readonly #file: JournalFile;
  readonly #now: () => number;
  readonly #noiseFloor: () => number;
  /** rewards known so far */
  readonly scores = new KnownScores();
  // what an undo takes back is chosen when everything before it is on disk
  readonly #changes = new TaskQueue();
  #loaded: Promise<void> = Promise.resolve();
  #journal = new JournalState([]);
  #rows: JournalRows = new Map();
  #verdicts = new Verdicts(this.#journal, this.#rows);
  #faults: readonly JournalFault[] = [];
  #wasRead = false;

  private constructor(options: SessionOptions) {
    this.dataset = options.dataset;
    this.person = options.person;
    this.journalPath = options.journalPath;
    this.#file = new JournalFile(options.journalPath);
    this.#now = options.now ?? Date.now;
    this.#noiseFloor = options.noiseFloor ?? (() => 0);
  }

  /**
   * Reads the journal, too. While the dataset is still being indexed its verdicts come later, as an
   * event; what is recorded until then waits for them.
   * @throws AppError `JOURNAL_UNREADABLE`; the dataset is closed then
   */
  static async open(options: SessionOptions): Promise<ReviewSession> {
    const session = new ReviewSession(options);
    try {
      const loading = session.reloadJournal();
      session.#loaded = loading;
      // who needs the verdicts waits for them, and is told what is wrong
      loading.catch(() => undefined);
      await (options.dataset.isComplete ? loading : Promise.race([loading, session.#file.read()]));
      return session;
    } catch (error) {
      await options.dataset.close();
      throw error;
    }
  }

  /**
   * Resolves when the journal's verdicts are known, which is after the dataset is indexed.
   * @throws AppError `JOURNAL_UNREADABLE` or `FILE_UNREADABLE`
   */
  get loaded(): Promise<void> {
    return this.#loaded;
  }

  /** Lines of the journal that are not entries. */
  get journalFaults(): readonly JournalFault[] {
    return this.#faults;
  }

  get journal(): JournalState {
    return this.#journal;
  }

  /** Rewards that differ by less tie. */
  get noiseFloor(): number {
    return this.#noiseFloor();
  }

  get progress(): ReviewProgress {
    const verdicts = this.#verdicts.allOf(this.person);
    const decided = verdicts.filter(({ decision, stale }) => decision !== undefined && !stale);
    const skipped = decided.filter(({ decision }) => decision?.kind === 'skip').length;
    return {
      reviewed: decided.length - skipped,
      skipped,
      flagged: verdicts.filter(({ flagged }) => flagged).length,
      total: this.dataset.rowCount,
    };
  }

  /** Takes in what others, or git, have added. Fires only when something changed. */
  reloadJournal(): Promise<void> {
    return this.#changes.enqueue(async () => {
      const { entries, faults } = await this.#file.read();
      const otherFaults = JSON.stringify(faults) !== JSON.stringify(this.#faults);
      this.#faults = faults;
      const journal = new JournalState(entries);
      const known = new Set(this.#journal.entries.map((entry) => entry.uid));
      const fresh = journal.entries.filter((entry) => !known.has(entry.uid));
      // what was there from the start has not arrived
      const arrived = this.#wasRead ? fresh : [];
      this.#wasRead = true;
      if (fresh.length > 0 || otherFaults || journal.entries.length !== known.size) {
        await this.dataset.indexed;
        this.#rows = await findJournalRows(this.dataset, journal.entries);
        this.#setJournal(journal);
        this.onChange.fire({ type: 'journal', arrived });
      }
    });
  }

  #setJournal(journal: JournalState): void {
    this.#journal = journal;
    this.#verdicts = new Verdicts(journal, this.#rows);
  }

  async verdict(row: number): Promise<Verdict> {
    const result = await this.dataset.row(row);
    return result?.ok === true ? this.verdictOf(result.sample) : NO_VERDICT;
  }

  /** The person's verdict on a sample of the file; that of another one, if named. */
  verdictOf({ line, candidates }: Sample, person = this.person): Verdict {
    return this.#verdicts.of(person, line, candidates.length);
  }

  /** A sample of the file with the answers that the person, or another one, has edited and added. */
  revised(sample: Sample, person = this.person): RevisedSample {
    return reviseSample(sample, this.#verdicts.changesOf(person, sample.line));
  }

  /** Lines of rows of which anything is known: entries or rewards. A line may come twice. */
  *knownLines(): Generator<number> {
    yield* this.#verdicts.lines();
    yield* this.scores.lines();
  }

  /**
   * What is known of the row on a line without reading it: the person's verdict, and the rewards of
   * its answers as they are now.
   */
  knownOn(line: number): KnownFacts {
    const ofFile = this.scores.answersOfFile(line);
    const verdict = this.#verdicts.of(this.person, line, ofFile?.length);
    if (ofFile === undefined) {
      return { verdict, rewards: undefined };
    }
    const candidates = reviseAnswers(ofFile, this.#verdicts.changesOf(this.person, line));
    return { verdict, rewards: this.scores.get({ line, candidates })?.rewards };
  }

  /**
   * Records something about a sample. Resolves when it is on disk.
   * @throws AppError `JOURNAL_NOT_SAVED`; nothing is changed then
   */
  record(sample: Sample, body: EntryBody): Promise<JournalEntry> {
    return this.#changes.enqueue(() => {
      const { id, line } = sample;
      const hash = sampleHash(sample);
      addRow(this.#rows, sample, hash);
      return this.#append({ id, line, hash }, body);
    });
  }

  /** Takes back this person's last action. @returns it, or `undefined` when there is none */
  undo(): Promise<JournalEntry | undefined> {
    return this.#changes.enqueue(async () => {
      const target = this.#journal.undoTarget(this.person);
      return target && this.#takeBack(target, target);
    });
  }

  /**
   * Takes back the last change of an answer: its last edit, or else that it was added.
   * @param candidate its place among the revised ones
   * @returns `undefined` when there is nothing to take back. An added answer goes only while it is
   *   the last one, so that the others keep their places
   */
  undoChange(sample: Sample, candidate: number): Promise<JournalEntry | undefined> {
    return this.#changes.enqueue(async () => {
      const changes = this.#verdicts.changesOf(this.person, sample.line);
      const added = changes.filter(({ kind }) => kind === 'add');
      const last = sample.candidates.length + added.length - 1;
      const target =
        changes.findLast((each) => each.kind === 'edit' && each.candidate === candidate) ??
        (candidate === last ? added.at(-1) : undefined);
      return target && this.#takeBack(target, target);
    });
  }

  /** Takes back the last undo, if nothing was done since. @returns the action that stands again */
  redo(): Promise<JournalEntry | undefined> {
    return this.#changes.enqueue(async () => {
      const undo = this.#journal.redoTarget(this.person);
      const action = undo && this.#journal.undoneBy(undo);
      return action && this.#takeBack(undo, action);
    });
  }

  /** When the person did what {@link undo} or {@link redo} would take back; `undefined` for nothing. */
  timeToTakeBack(what: 'undo' | 'redo'): number | undefined {
    const target =
      what === 'undo'
        ? this.#journal.undoTarget(this.person)
        : this.#journal.redoTarget(this.person);
    return target && Date.parse(target.at);
  }

  /** Where the sample of an entry stands now: rows move when the file is written anew. */
  lineOf(entry: JournalEntry): number | undefined {
    return this.#verdicts.lineOf(entry);
  }

  async #takeBack(entry: JournalEntry, action: JournalEntry): Promise<JournalEntry> {
    const { id, line, sampleHash: hash } = action;
    const isAnswer = action.kind === 'edit' || action.kind === 'add';
    await this.#append({ id, line, hash }, { kind: 'undo', of: entry.uid }, isAnswer);
    return action;
  }

  async #append(
    key: { readonly id: string; readonly line: number; readonly hash: string },
    body: EntryBody,
    changesAnswers = body.kind === 'edit' || body.kind === 'add',
  ): Promise<JournalEntry> {
    // a person's entries never share a time and never go back, whatever the clock does: their order
    // would be lost in a merge
    const time = Math.max(this.#now(), this.#journal.lastTimeOf(this.person) + 1);
    const entry: JournalEntry = {
      v: 1,
      uid: randomId(),
      at: new Date(Math.min(time, MAX_TIME)).toISOString(),
      by: this.person,
      id: key.id,
      line: key.line,
      sampleHash: key.hash,
      ...body,
    };
    await this.#file.append(entry);
    this.#setJournal(new JournalState([...this.#journal.entries, entry]));
    // an undo may be about a sample that has moved since
    const isThere = this.#rows.get(key.id)?.get(key.line) === key.hash;
    const type = changesAnswers ? 'answers' : 'verdict';
    this.onChange.fire(isThere ? { type, line: key.line } : { type: 'journal' });
    return entry;
  }

  /**
   * @param revised with the answers as they were scored
   * @param media identity of the media that were scored; empty without any
   */
  setScore(revised: RevisedSample, score: SampleScore, media = ''): void {
    this.scores.set(revised, score, media);
    this.onChange.fire({ type: 'score', line: revised.file.line });
  }

  /** Rewards of earlier times; {@link setScore} tells of each, this of all together. */
  loadScores(known: readonly KnownScore[]): void {
    for (const { revised, score, media } of known) {
      this.scores.set(revised, score, media);
    }
    this.onChange.fire({ type: 'scoresLoaded' });
  }

  /** The media of a row are others now. */
  forgetMedia(line: number): void {
    this.scores.forget(line);
    this.onChange.fire({ type: 'media', line });
  }

  clearScores(): void {
    this.scores.clear();
    this.onChange.fire({ type: 'scoresCleared' });
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
