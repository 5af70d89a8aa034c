// Scores the samples of one dataset on demand, and tells views how far each answer is.

import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { AppError, encodeError, isCancelled } from '../base/errors';
import { PRIORITY } from '../client/engineScorer';
import type { CandidateScore, ScoreView } from '../protocol/reviewProtocol';
import type { ReviewSession } from '../review/reviewSession';
import { failedScore, type SampleScore } from '../sample/reward';
import type { Sample } from '../sample/sample';
import { BatchScoring, type BatchTally } from './batchScoring';
import type { EngineService } from './engineService';
import { describeError } from './messages';
import { sampleKey } from './sampleKey';
import type { DatasetSettings } from './settings';
import type { VideoDecoder } from './videoFallback';

/** What shows samples. */
export interface Viewer {
  /** `undefined` while it can't */
  readonly decoder: VideoDecoder | undefined;
}

/** A sample being scored for somebody who waits. */
interface Run {
  readonly controller: AbortController;
  readonly rewards: (number | null | undefined)[];
  attempt: number;
  /** views that show the sample */
  readonly wantedBy: Set<Viewer>;
}

export class SessionScoring implements Disposable {
  /** line of a sample whose view changed */
  readonly onChange = new Emitter<number>();
  readonly #runs = new Map<number, Run>();
  readonly #batch: BatchScoring;
  #closed = false;

  constructor(
    readonly session: ReviewSession,
    readonly engine: Pick<EngineService, 'scorer' | 'showBatch' | 'fallback'>,
    readonly settings: () => DatasetSettings,
    readonly isTrusted: () => boolean,
  ) {
    this.#batch = new BatchScoring(session, engine, settings, (line, score) => {
      session.setScore(line, score);
      this.onChange.fire(line);
    });
  }

  view(sample: Sample): ScoreView {
    const run = this.#runs.get(sample.line);
    const score = this.session.score(sample.line);
    return {
      candidates:
        run !== undefined
          ? sample.candidates.map((_, n) => runningState(run, n))
          : sample.candidates.map((_, n) => finishedState(score, n)),
      prefixTokens: score?.tokens.prefix ?? 0,
      media: score?.media ?? [],
      medianRange: this.session.medianRange() ?? 0,
    };
  }

  /**
   * A view shows a sample: score it unless that is done or under way. What the view showed before
   * is given up, unless another view shows it.
   */
  want(viewer: Viewer, sample: Sample): void {
    this.release(viewer, sample.line);
    const run = this.#runs.get(sample.line);
    if (run !== undefined) {
      run.wantedBy.add(viewer);
    } else if (this.session.score(sample.line) === undefined && this.isTrusted()) {
      void this.#run(viewer, sample, false);
    }
  }

  /** Scores anew, also what the cache knows. */
  again(viewer: Viewer, sample: Sample): void {
    this.cancel(sample.line);
    if (this.isTrusted()) {
      void this.#run(viewer, sample, true);
    }
  }

  cancel(line: number): void {
    this.#runs.get(line)?.controller.abort();
    this.#runs.delete(line);
    this.onChange.fire(line);
  }

  /** The view shows nothing of this dataset any more, save perhaps `keep`. */
  release(viewer: Viewer, keep?: number): void {
    for (const [line, run] of this.#runs) {
      if (line !== keep && run.wantedBy.delete(viewer) && run.wantedBy.size === 0) {
        this.cancel(line);
      }
    }
  }

  async #run(viewer: Viewer, sample: Sample, fresh: boolean): Promise<void> {
    const { line } = sample;
    const run: Run = {
      controller: new AbortController(),
      rewards: [],
      attempt: 1,
      wantedBy: new Set([viewer]),
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
        this.session.setScore(line, score);
        this.onChange.fire(line);
      }
    };
    try {
      const scorer = await this.engine.scorer({
        priority: PRIORITY.person,
        fresh,
        onRetry: () => {
          run.attempt += 1;
          run.rewards.length = 0;
          changed();
        },
      });
      const { score: options, mediaRoot } = this.settings();
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
      finish(await this.#withFallback(score, run, sample, mediaRoot));
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
    sample: Sample,
    root: string,
  ): Promise<SampleScore> {
    const first = await score();
    for (;;) {
      const decoder = [...run.wantedBy].find((viewer) => viewer.decoder !== undefined)?.decoder;
      if (first.error?.code !== 'FFMPEG_NOT_FOUND' || decoder === undefined) {
        return first;
      }
      const key = sampleKey(this.session.dataset.path, sample);
      const videos = { root, names: sample.videos };
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

  /** Forgets all rewards: the model or an option changed. */
  reset(): void {
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

function finishedState(score: SampleScore | undefined, candidate: number): CandidateScore {
  if (score === undefined) {
    return { state: 'none' };
  }
  const reward = score.rewards[candidate] ?? null;
  if (reward !== null) {
    return { state: 'scored', reward, textTokens: score.tokens.texts[candidate] ?? 0 };
  }
  const error = score.errors.find((entry) => entry.candidate === candidate) ??
    score.error ?? {
      code: 'INTERNAL' as const,
      message: 'no reward',
    };
  return { state: 'error', error, text: describeError(error) };
}
