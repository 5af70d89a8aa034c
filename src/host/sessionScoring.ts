// Scores the samples of one dataset on demand, and tells views how far each answer is.

import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { AppError, encodeError, isCancelled } from '../base/errors';
import { PRIORITY } from '../client/engineScorer';
import type { CandidateScore, ScoreView } from '../protocol/sampleParts';
import { OwnCalibration } from '../review/ownCalibration';
import { mediaIdentity } from '../review/mediaIdentity';
import type { ReviewSession } from '../review/reviewSession';
import { failedScore, type SampleScore } from '../sample/reward';
import type { RevisedSample } from '../sample/revision';
import type { Sample } from '../sample/sample';
import { BatchScoring, type BatchTally } from './batchScoring';
import { GroundingChanges } from '../scoring/explain/groundingChanges';
import { finishedState, knownState } from './candidateStates';
import { earlierScores } from './earlierScores';
import type { EngineService } from './engineService';
import { sampleKey } from './sampleKey';
import type { DatasetSettings } from './settings';
import { ShownMedia } from './shownMedia';
import type { VideoDecoder } from './videoFallback';

/** What shows samples. */
export interface Viewer {
  /** `undefined` while it can't */
  readonly decoder: VideoDecoder | undefined;
}

/** A sample being scored for somebody who waits. */
interface Run {
  readonly controller: AbortController;
  /** with its answers as they are scored */
  readonly sample: Sample;
  readonly rewards: (number | null | undefined)[];
  /** identity of its media; `undefined` before that is known */
  media: string | undefined;
  attempt: number;
  /** views that show the sample */
  readonly wantedBy: Set<Viewer>;
}

export class SessionScoring implements Disposable {
  /** line of a sample whose view changed */
  readonly onChange = new Emitter<number>();
  /** what pictures do to the rewards of this dataset, as far as it was checked */
  readonly grounding = new GroundingChanges();
  /** how often rewards were forgotten */
  #resets = 0;
  readonly #runs = new Map<number, Run>();
  readonly #batch: BatchScoring;
  readonly #shown = new ShownMedia();
  readonly #calibration: OwnCalibration;
  #closed = false;

  constructor(
    readonly session: ReviewSession,
    readonly engine: Pick<EngineService, 'scorer' | 'knownScore' | 'showBatch' | 'fallback'>,
    readonly settings: () => DatasetSettings,
    readonly isTrusted: () => boolean,
  ) {
    this.#calibration = new OwnCalibration(session);
    this.#batch = new BatchScoring(session, engine, settings, (revised, score, media) => {
      session.setScore(revised, score, media);
      this.onChange.fire(revised.file.line);
    });
    this.#shown.onChange.on((revised) => void this.#mediaWritten(revised));
  }

  view({ sample, origins }: RevisedSample): ScoreView {
    const { scores } = this.session;
    const { line } = sample;
    const atWork = this.#runs.get(line);
    // rewards of a run belong to the texts that it scores
    const run = atWork && sameAnswers(atWork.sample, sample) ? atWork : undefined;
    const score = scores.get(sample);
    // of the prompt and its media, which no edit changes
    const facts = score ?? scores.lastOf(line);
    const calibration = this.#calibration.fit;
    return {
      candidates: sample.candidates.map(({ text }, n) =>
        run !== undefined
          ? runningState(run, n)
          : score !== undefined
            ? finishedState(score, n)
            : knownState(scores.rewardOf(line, text)),
      ),
      before: origins.map(({ original }) =>
        original === undefined ? null : (scores.rewardOf(line, original) ?? null),
      ),
      prefixTokens: facts?.tokens.prefix ?? 0,
      media: facts?.media ?? [],
      medianRange: scores.medianRange() ?? 0,
      ...(calibration.pairs === 0 ? {} : { calibration }),
    };
  }

  /**
   * A view shows a sample, with its answers as they are now: score it unless that is done or under
   * way. What the view showed before is given up, unless another view shows it.
   * @param isToScore without it, what is known is shown
   */
  want(viewer: Viewer, revised: RevisedSample, isToScore = true): void {
    const { sample } = revised;
    this.release(viewer, sample.line);
    this.#shown.show(viewer, revised, this.settings().mediaRoot);
    if (!isToScore) {
      return;
    }
    this.#dropOther(sample);
    const run = this.#runs.get(sample.line);
    if (run !== undefined) {
      run.wantedBy.add(viewer);
    } else if (this.session.scores.get(sample) === undefined && this.isTrusted()) {
      void this.#run(new Set([viewer]), revised, false);
    }
  }

  /**
   * Rewards of pictures and videos that have been replaced since are forgotten, also those that are
   * being computed. To be called before a sample is shown.
   */
  async checkMedia({ sample }: RevisedSample): Promise<void> {
    const { line } = sample;
    const { scores } = this.session;
    if (scores.mediaOf(line) === undefined && !this.#runs.has(line)) {
      return;
    }
    const media = await mediaIdentity(this.settings().mediaRoot, sample);
    const isOther = (known: string | undefined): boolean => known !== undefined && known !== media;
    const run = this.#runs.get(line);
    if (!this.#closed && (isOther(run?.media) || isOther(scores.mediaOf(line)))) {
      this.#forgetMedia(line);
    }
  }

  /** A view shows the sample with the old picture, whatever is known of it. */
  async #mediaWritten(revised: RevisedSample): Promise<void> {
    const { line } = revised.sample;
    const before = this.#runs.get(line)?.media ?? this.session.scores.mediaOf(line);
    const media = await mediaIdentity(this.settings().mediaRoot, revised.sample);
    if (!this.#closed && before !== media) {
      this.#forgetMedia(line);
    }
  }

  /** Views that show it ask for its score again. */
  #forgetMedia(line: number): void {
    this.#runs.get(line)?.controller.abort();
    this.#runs.delete(line);
    this.session.forgetMedia(line);
  }

  /** What is scored for answers that have changed since is of no use. */
  #dropOther(sample: Sample): void {
    const run = this.#runs.get(sample.line);
    if (run !== undefined && !sameAnswers(run.sample, sample)) {
      run.controller.abort();
      this.#runs.delete(sample.line);
    }
  }

  /** Scores anew, also what the cache knows, for whoever waits for the sample. */
  again(viewer: Viewer, revised: RevisedSample): void {
    const { line } = revised.sample;
    const wantedBy = new Set(this.#runs.get(line)?.wantedBy).add(viewer);
    this.cancel(line);
    if (this.isTrusted()) {
      void this.#run(wantedBy, revised, true);
    }
  }

  cancel(line: number): void {
    this.#runs.get(line)?.controller.abort();
    this.#runs.delete(line);
    this.onChange.fire(line);
  }

  /** The view shows nothing of this dataset any more, save perhaps `keep`. */
  release(viewer: Viewer, keep?: number): void {
    if (keep === undefined) {
      this.#shown.forget(viewer);
    }
    for (const [line, run] of this.#runs) {
      if (line !== keep && run.wantedBy.delete(viewer) && run.wantedBy.size === 0) {
        this.cancel(line);
      }
    }
  }

  async #run(wantedBy: Set<Viewer>, revised: RevisedSample, fresh: boolean): Promise<void> {
    const { sample } = revised;
    const { line } = sample;
    const { scores } = this.session;
    const known = (): (number | undefined)[] =>
      sample.candidates.map(({ text }) => (fresh ? undefined : scores.rewardOf(line, text)));
    const run: Run = {
      controller: new AbortController(),
      sample,
      rewards: known(),
      media: undefined,
      attempt: 1,
      wantedBy,
    };
    this.#runs.set(line, run);
    this.onChange.fire(line);
    const changed = (): void => {
      if (this.#runs.get(line) === run) {
        this.onChange.fire(line);
      }
    };
    const finish = (score: SampleScore): void => {
      if (this.#runs.get(line) === run) {
        this.#runs.delete(line);
        this.session.setScore(revised, score, run.media);
        this.onChange.fire(line);
      }
    };
    const { score: options, mediaRoot } = this.settings();
    run.media = await mediaIdentity(mediaRoot, sample);
    try {
      const scorer = await this.engine.scorer({
        priority: PRIORITY.person,
        fresh,
        onRetry: () => {
          run.attempt += 1;
          run.rewards.splice(0, Infinity, ...known());
          changed();
        },
      });
      const onReward = ({
        candidate,
        reward,
      }: {
        candidate: number;
        reward: number | null;
      }): void => {
        run.rewards[candidate] = reward;
        changed();
      };
      const score = (): Promise<SampleScore> =>
        scorer.score({ sample, mediaRoot, options }, onReward, run.controller.signal);
      const result = await this.#withFallback(score, run, revised.file, mediaRoot);
      // what was replaced meanwhile has no reward yet
      await this.checkMedia(revised);
      finish(result);
    } catch (error) {
      if (!isCancelled(error)) {
        finish(failedScore(sample.candidates.length, encodeError(error)));
      }
    }
  }

  /** Without ffmpeg a view that shows the sample decodes its videos. */
  async #withFallback(
    score: () => Promise<SampleScore>,
    run: Run,
    file: Sample,
    root: string,
  ): Promise<SampleScore> {
    const first = await score();
    for (;;) {
      const decoder = [...run.wantedBy].find((viewer) => viewer.decoder !== undefined)?.decoder;
      if (first.error?.code !== 'FFMPEG_NOT_FOUND' || decoder === undefined) {
        return first;
      }
      const key = sampleKey(this.session.dataset.path, file);
      const videos = { root, names: file.videos };
      try {
        const { fallback } = this.engine;
        const { signal } = run.controller;
        const refused = await fallback.decode(first.error, videos, decoder, key, signal);
        return refused === undefined ? await score() : { ...first, error: refused };
      } catch (error) {
        // the view that decoded has gone; another may show the sample
        if (!isCancelled(error) || run.controller.signal.aborted) {
          throw error;
        }
      }
    }
  }

  /**
   * The reward of a text as an answer to a sample's prompt, while a person writes it: the prompt
   * stays in the engine's memory, so that it costs the text alone. Remembered like any reward.
   * @throws AppError `CANCELLED`, or what keeps the engine from it
   */
  async text(sample: Sample, text: string, signal: AbortSignal): Promise<CandidateScore> {
    if (!this.isTrusted()) {
      return { state: 'none' };
    }
    const scorer = await this.engine.scorer({ priority: PRIORITY.person });
    const { score: options, mediaRoot } = this.settings();
    const one = { ...sample, candidates: [{ text }] };
    const resets = this.#resets;
    const score = await scorer.score({ sample: one, mediaRoot, options }, undefined, signal);
    if (resets !== this.#resets) {
      throw new AppError('CANCELLED', 'rewards of another model or of other options');
    }
    return finishedState(score, 0);
  }

  /**
   * Scores every sample that lacks a reward, in file order. Starts over when rewards are forgotten.
   * @throws AppError `CANCELLED` also when the dataset is closed: see {@link isClosed}
   */
  async all(
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<BatchTally> {
    if (!this.isTrusted()) {
      throw new AppError('UNTRUSTED', 'this workspace is not trusted');
    }
    return this.#batch.run(onProgress, signal);
  }

  /**
   * Takes in the rewards that were computed before, also in an earlier window, so that the queue can
   * be filtered and sorted by them. Computes nothing.
   * @throws AppError when the model or the dataset can't be read
   */
  async loadKnown(): Promise<void> {
    const { session } = this;
    const resets = this.#resets;
    const isVoid = (): boolean => this.#closed || resets !== this.#resets;
    const isWanted = (): boolean => !isVoid() && this.isTrusted();
    const found = await earlierScores(session, this.engine, this.settings, isWanted);
    // what was scored meanwhile is newer
    const lacking = found.filter(
      ({ revised }) => session.scores.mediaOf(revised.sample.line) === undefined,
    );
    if (!isVoid() && lacking.length > 0) {
      session.loadScores(lacking);
    }
  }

  /** Forgets all rewards: the model or an option changed. */
  reset(): void {
    this.#resets += 1;
    this.grounding.forget();
    this.#cancelAll();
    this.session.clearScores();
    this.#batch.restart();
  }

  #cancelAll(): void {
    for (const line of [...this.#runs.keys()]) {
      this.cancel(line);
    }
  }

  /** The dataset is not open any more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  dispose(): void {
    this.#closed = true;
    this.#cancelAll();
    this.#calibration.dispose();
    this.#shown.dispose();
    this.#batch.end();
    this.onChange.dispose();
  }
}

/** Answers are scored in order: the first without a reward is the one at work. */
function runningState(run: Run, candidate: number): CandidateScore {
  const reward = run.rewards[candidate];
  if (typeof reward === 'number') {
    return { state: 'scored', reward, textTokens: 0 };
  }
  // those that are known already come first, wherever they stand
  const before = Array.from({ length: candidate }, (_, n) => run.rewards[n]).filter(
    (known) => known === undefined,
  ).length;
  return before <= 0 ? { state: 'scoring', attempt: run.attempt } : { state: 'waiting', before };
}

function sameAnswers(a: Sample, b: Sample): boolean {
  return (
    a.candidates.length === b.candidates.length &&
    a.candidates.every(({ text }, n) => text === b.candidates[n]?.text)
  );
}
