// Scores a whole dataset: every sample that lacks a reward, in file order.

import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import { PRIORITY } from '../client/engineScorer';
import { mediaIdentity } from '../review/mediaIdentity';
import type { ReviewSession } from '../review/reviewSession';
import type { SampleScore } from '../sample/reward';
import type { RevisedSample } from '../sample/revision';
import { scoreRows, type ScoreJob } from '../scoring/scoreRows';
import type { EngineService } from './engineService';
import type { DatasetSettings } from './settings';

/** Answers with a reward and without. */
export interface BatchTally {
  readonly scored: number;
  readonly failed: number;
}

interface BatchJob extends ScoreJob {
  readonly revised: RevisedSample;
  /** identity of its media */
  readonly media: string;
}

export class BatchScoring {
  readonly #runs = new Set<AbortController>();
  #ended = false;

  constructor(
    readonly session: ReviewSession,
    readonly engine: Pick<EngineService, 'scorer' | 'showBatch'>,
    readonly settings: () => DatasetSettings,
    readonly onScore: (revised: RevisedSample, score: SampleScore, media: string) => void,
  ) {}

  /** @throws AppError `CANCELLED` also when the dataset was closed, or why nothing can be scored */
  async run(
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<BatchTally> {
    for (;;) {
      const anew = new AbortController();
      this.#runs.add(anew);
      try {
        this.#throwIfEnded();
        return await this.#once(onProgress, AbortSignal.any([signal, anew.signal]));
      } catch (error) {
        this.#throwIfEnded();
        if (signal.aborted || !anew.signal.aborted) {
          throw error;
        }
      } finally {
        this.#runs.delete(anew);
      }
    }
  }

  /** Runs under way start over: what they have scored, and what they score, counts no more. */
  restart(): void {
    for (const anew of this.#runs) {
      anew.abort();
    }
  }

  /** The dataset is closed. */
  end(): void {
    this.#ended = true;
    this.restart();
  }

  #throwIfEnded(): void {
    if (this.#ended) {
      throw new AppError('CANCELLED', 'the dataset was closed');
    }
  }

  async #once(
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<BatchTally> {
    const { session, engine } = this;
    const { dataset } = session;
    const { score: options, mediaRoot } = this.settings();
    const scorer = await engine.scorer({ priority: PRIORITY.batch });
    const tally = { scored: 0, failed: 0 };
    const count = ({ rewards }: SampleScore): void => {
      const scored = rewards.filter((reward) => reward !== null).length;
      tally.scored += scored;
      tally.failed += rewards.length - scored;
    };
    let done = 0;
    const advance = (): void => {
      done += 1;
      engine.showBatch({ done, total: dataset.rowCount });
      onProgress(done, dataset.rowCount);
    };
    async function* jobs(): AsyncGenerator<BatchJob> {
      for (let index = 0; index < dataset.rowCount; index += 1) {
        throwIfAborted(signal);
        const read = await dataset.row(index);
        const revised = read?.ok === true ? session.revised(read.sample) : undefined;
        const media = revised && (await mediaIdentity(mediaRoot, revised.sample));
        const isOfThese = revised && session.scores.mediaOf(revised.sample.line) === media;
        const known = isOfThese === true ? session.scores.get(revised.sample) : undefined;
        // what failed before is tried again
        if (
          revised !== undefined &&
          media !== undefined &&
          known?.rewards.every((reward) => reward !== null) !== true
        ) {
          yield { row: { ok: true, sample: revised.sample }, mediaRoot, revised, media };
        } else {
          tally.failed += read?.ok === false ? 1 : 0;
          if (known !== undefined) {
            count(known);
          }
          advance();
        }
      }
    }
    try {
      for await (const { job, score } of scoreRows(jobs(), { scorer, options, signal })) {
        throwIfAborted(signal); // a reward of a moment ago may be another model's
        this.onScore(job.revised, score, job.media);
        count(score);
        advance();
      }
    } finally {
      engine.showBatch(undefined);
    }
    return tally;
  }
}
