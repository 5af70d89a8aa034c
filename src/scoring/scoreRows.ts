// Scores the rows of datasets one after the other, keeping the scorer busy.

import { AppError, encodeError } from '../base/errors';
import type { RowResult } from '../formats/candidateRow';
import { failedScore, type SampleScore } from '../sample/reward';
import type { RewardEvent, Scorer, ScoreOptions } from '../sample/scorer';

/** A row to score. */
export interface ScoreJob {
  readonly row: RowResult;
  /** folder that the row's media paths are relative to */
  readonly mediaRoot: string;
  /** names the dataset when several are scored together */
  readonly file?: string;
}

export interface ScoreOutcome<J extends ScoreJob = ScoreJob> {
  readonly job: J;
  readonly score: SampleScore;
}

export interface ScoreRowsOptions<J extends ScoreJob = ScoreJob> {
  readonly scorer: Scorer;
  readonly options: ScoreOptions;
  /** requests under way at once: 2 lets the next sample wait at the engine's door */
  readonly depth?: number;
  readonly onReward?: (job: J, event: RewardEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * Outcomes in the order of the rows. A bad row, or one that the engine died of too often, becomes
 * an outcome with an error; the run goes on.
 * @throws AppError `CANCELLED`, or what makes every further row pointless (model, engine start)
 */
export async function* scoreRows<J extends ScoreJob>(
  jobs: AsyncIterable<J>,
  { scorer, options, depth = 2, onReward, signal }: ScoreRowsOptions<J>,
): AsyncGenerator<ScoreOutcome<J>> {
  const underWay: Promise<ScoreOutcome<J>>[] = [];
  const score = async (job: J): Promise<ScoreOutcome<J>> => {
    const { row, mediaRoot } = job;
    if (!row.ok) {
      return { job, score: failedScore(row.candidates, row.error) };
    }
    try {
      const request = { sample: row.sample, mediaRoot, options };
      const result = await scorer.score(request, (event) => onReward?.(job, event), signal);
      return { job, score: result };
    } catch (error) {
      if (error instanceof AppError && error.code === 'ENGINE_STOPPED') {
        return { job, score: failedScore(row.sample.candidates.length, encodeError(error)) };
      }
      throw error;
    }
  };
  try {
    for await (const job of jobs) {
      const outcome = score(job);
      // a failure is reported when its turn comes; until then it must not count as unhandled
      outcome.catch(() => undefined);
      underWay.push(outcome);
      if (underWay.length >= depth) {
        yield await (underWay.shift() as Promise<ScoreOutcome<J>>);
      }
    }
    for (const outcome of underWay.splice(0)) {
      yield await outcome;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}
