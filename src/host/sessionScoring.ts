// Scores the samples of one dataset on demand, and tells views how far each answer is.

import { Emitter } from '../base/emitter';
import { AppError, encodeError, isCancelled } from '../base/errors';
import { PRIORITY } from '../client/engineScorer';
import type { CandidateScore, ScoreView } from '../protocol/reviewProtocol';
import type { ReviewSession } from '../review/reviewSession';
import { failedScore, type SampleScore } from '../sample/reward';
import type { Sample } from '../sample/sample';
import { scoreRows, type ScoreJob } from '../scoring/scoreRows';
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

export class SessionScoring {
  /** line of a sample whose view changed */
  readonly onChange = new Emitter<number>();
  readonly #runs = new Map<number, Run>();

  constructor(
    readonly session: ReviewSession,
    readonly engine: EngineService,
    readonly settings: () => DatasetSettings,
    readonly isTrusted: () => boolean,
  ) {}

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
   * Scores every sample that has no rewards yet, in file order.
   * @returns answers scored and failed
   */
  async all(
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<{ readonly scored: number; readonly failed: number }> {
    if (!this.isTrusted()) {
      throw new AppError('UNTRUSTED', 'this workspace is not trusted');
    }
    const { dataset } = this.session;
    const { score: options, mediaRoot } = this.settings();
    const scorer = await this.engine.scorer({ priority: PRIORITY.batch });
    const tally = { scored: 0, failed: 0 };
    const count = (score: SampleScore): void => {
      tally.scored += score.rewards.filter((reward) => reward !== null).length;
      tally.failed += score.rewards.filter((reward) => reward === null).length;
    };
    const session = this.session;
    let done = 0;
    const advance = (): void => {
      done += 1;
      this.engine.showBatch({ done, total: dataset.rowCount });
      onProgress(done, dataset.rowCount);
    };
    async function* jobs(): AsyncGenerator<ScoreJob> {
      for (let index = 0; index < dataset.rowCount; index += 1) {
        const row = await dataset.row(index);
        const known = row?.ok === true ? session.score(row.sample.line) : undefined;
        if (row?.ok === true && known === undefined) {
          yield { row, mediaRoot };
        } else {
          tally.failed += row?.ok === false ? 1 : 0;
          advance();
          if (known !== undefined) {
            count(known);
          }
        }
      }
    }
    try {
      for await (const { job, score } of scoreRows(jobs(), { scorer, options, signal })) {
        if (job.row.ok) {
          session.setScore(job.row.sample.line, score);
          this.onChange.fire(job.row.sample.line);
        }
        count(score);
        advance();
      }
    } finally {
      this.engine.showBatch(undefined);
    }
    return tally;
  }

  /** Forgets all rewards: the model or an option changed. */
  reset(): void {
    for (const line of [...this.#runs.keys()]) {
      this.cancel(line);
    }
    this.session.clearScores();
  }
}

/** Answers are scored in file order: the first without a reward is the one at work. */
function runningState(run: Run, candidate: number): CandidateScore {
  const reward = run.rewards[candidate];
  if (typeof reward === 'number') {
    return { state: 'scored', reward, textTokens: 0 };
  }
  const before = candidate - run.rewards.length;
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
