// Scores the rows of datasets, keeping the scorer busy; rows that share their media go together.

import { AppError, encodeError } from '../base/errors';
import type { RowResult } from '../formats/datasetRow';
import { failedScore, type SampleScore } from '../sample/reward';
import { mediaOf } from '../sample/sample';
import type { RewardEvent, Scorer, ScoreOptions } from '../sample/scorer';

/** A row to score. */
export interface ScoreJob {
  readonly row: RowResult;
  /** folder that the row's media paths are relative to */
  readonly mediaRoot: string;
  /** names the dataset when several are scored together */
  readonly file?: string;
}

/** Who wrote the answers of a row, by candidate. */
export function sourcesOf({ row }: ScoreJob): (string | undefined)[] {
  return row.ok ? row.sample.candidates.map(({ source }) => source) : [];
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
 * an outcome with an error; the run goes on. Rows near each other that use the same media are scored
 * one after the other, so that these are read and seen by the model once.
 * @throws AppError `CANCELLED`, or what makes every further row pointless (model, engine start)
 */
export async function* scoreRows<J extends ScoreJob>(
  jobs: AsyncIterable<J>,
  { scorer, options, depth = 2, onReward, signal }: ScoreRowsOptions<J>,
): AsyncGenerator<ScoreOutcome<J>> {
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
  const underWay: { readonly index: number; readonly outcome: Promise<ScoreOutcome<J>> }[] = [];
  const done = new Map<number, ScoreOutcome<J>>();
  let next = 0;
  const inOrder = function* (): Generator<ScoreOutcome<J>> {
    for (let outcome = done.get(next); outcome !== undefined; outcome = done.get(next)) {
      done.delete(next);
      next += 1;
      yield outcome;
    }
  };
  try {
    for await (const { index, job } of groupedByMedia(jobs)) {
      const outcome = score(job);
      // a failure is reported when its turn comes; until then it must not count as unhandled
      outcome.catch(() => undefined);
      underWay.push({ index, outcome });
      if (underWay.length >= depth) {
        const [first] = underWay.splice(0, 1);
        if (first !== undefined) {
          done.set(first.index, await first.outcome);
        }
        yield* inOrder();
      }
    }
    for (const { index, outcome } of underWay.splice(0)) {
      done.set(index, await outcome);
    }
    yield* inOrder();
  } finally {
    await Promise.allSettled(underWay.map(({ outcome }) => outcome));
  }
}

/** Rows among which those with the same media are sought; as many may have to wait for an earlier one. */
const WINDOW = 64;

interface PlacedJob<J> {
  /** place among the rows */
  readonly index: number;
  readonly job: J;
  /** empty without media */
  readonly media: string;
}

/** After a row come those of the window that use the same media, else the oldest one. */
async function* groupedByMedia<J extends ScoreJob>(
  jobs: AsyncIterable<J>,
): AsyncGenerator<PlacedJob<J>> {
  const waiting: PlacedJob<J>[] = [];
  let count = 0;
  let last = '';
  const take = (): PlacedJob<J> | undefined => {
    const same = last === '' ? -1 : waiting.findIndex(({ media }) => media === last);
    const [job] = waiting.splice(Math.max(0, same), 1);
    last = job?.media ?? '';
    return job;
  };
  for await (const job of jobs) {
    waiting.push({ index: count, job, media: mediaNames(job) });
    count += 1;
    if (waiting.length >= WINDOW) {
      yield take() as PlacedJob<J>;
    }
  }
  for (let job = take(); job !== undefined; job = take()) {
    yield job;
  }
}

function mediaNames({ row, mediaRoot }: ScoreJob): string {
  const names = row.ok ? mediaOf(row.sample) : [];
  return names.length === 0 ? '' : JSON.stringify([mediaRoot, names]);
}
