// What a check costs, from the rates of the last runs.

import type { SampleScore } from '../../sample/reward';
import type { RewardEvent, Scorer, ScoreRequest } from '../../sample/scorer';
import { mediaTokens, type Work } from './plan';

/** Runs that rates are taken from. */
const KEPT_RUNS = 8;

type Part = keyof Work;

interface Measured {
  readonly tokens: number;
  readonly ms: number;
}

/** Milliseconds per token of the last runs, by part of the work. */
export class ScoringRates {
  readonly #runs: Readonly<Record<Part, Measured[]>> = { vision: [], prefix: [], tail: [] };

  /** Takes in what a run measured; what came from a cache says nothing. */
  record(score: SampleScore): void {
    const { timing, tokens } = score;
    const tails = timing.msTails.flatMap((ms, n) => (ms > 0 ? [{ ms, n }] : []));
    if (!timing.cached.vision) {
      this.#add('vision', mediaTokens(score), timing.msVision);
    }
    if (!timing.cached.prefix) {
      this.#add('prefix', tokens.prefix, timing.msPrefix);
    }
    this.#add(
      'tail',
      tails.reduce((sum, { n }) => sum + (tokens.tails[n] ?? 0), 0),
      tails.reduce((sum, { ms }) => sum + ms, 0),
    );
  }

  /** @returns seconds at most; `undefined` while a part of it was never measured */
  estimateSeconds(work: Work): number | undefined {
    let ms = 0;
    for (const part of ['vision', 'prefix', 'tail'] as const) {
      const runs = this.#runs[part];
      if (work[part] > 0 && runs.length === 0) {
        return undefined;
      }
      const tokens = runs.reduce((sum, run) => sum + run.tokens, 0);
      const taken = runs.reduce((sum, run) => sum + run.ms, 0);
      ms += work[part] === 0 ? 0 : (work[part] * taken) / tokens;
    }
    return ms / 1000;
  }

  /** Another model, or another device: rates are measured anew. */
  forget(): void {
    for (const runs of Object.values(this.#runs)) {
      runs.length = 0;
    }
  }

  #add(part: Part, tokens: number, ms: number): void {
    if (tokens > 0 && ms > 0) {
      const runs = this.#runs[part];
      runs.push({ tokens, ms });
      runs.splice(0, runs.length - KEPT_RUNS);
    }
  }
}

/** A scorer whose runs are measured. */
export class MeasuredScorer implements Scorer {
  constructor(
    readonly inner: Scorer,
    readonly rates: ScoringRates,
  ) {}

  async score(
    request: ScoreRequest,
    onReward?: (event: RewardEvent) => void,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    const score = await this.inner.score(request, onReward, signal);
    this.rates.record(score);
    return score;
  }
}
