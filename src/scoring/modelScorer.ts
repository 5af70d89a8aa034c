// Scores samples with a loaded model: the prefix once, then one tail per candidate.

import { throwIfAborted } from '../base/abort';
import { AppError, encodeError, isCancelled } from '../base/errors';
import { releasePrefix, type PrefixState } from '../model/decoder';
import { explainOutOfMemory } from '../model/deviceFault';
import { modelBytes } from '../model/manifest';
import type { RewardModel } from '../model/rewardModel';
import { failedScore, type CandidateError, type SampleScore } from '../sample/reward';
import type { RewardEvent, Scorer, ScoreRequest } from '../sample/scorer';
import type { VideoReader } from '../vision/videoReader';
import { encodeSample, type EncodedCandidate, type EncodedSample } from './encodeSample';
import { encodeMedium, loadMedia, type LoadedMedium } from './sampleMedia';

/** Codes that stop everything: not this sample is at fault. */
const FATAL = new Set(['CANCELLED', 'INTERNAL']);

export class ModelScorer implements Scorer {
  constructor(
    readonly model: RewardModel,
    readonly videos: VideoReader,
  ) {}

  async score(
    request: ScoreRequest,
    onReward: (event: RewardEvent) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    try {
      return await this.#score(request, onReward, signal);
    } catch (error) {
      if (isCancelled(error) || !(error instanceof AppError) || FATAL.has(error.code)) {
        throw error;
      }
      return failedScore(request.sample.candidates.length, encodeError(error));
    }
  }

  async #score(
    request: ScoreRequest,
    onReward: (event: RewardEvent) => void,
    signal: AbortSignal | undefined,
  ): Promise<SampleScore> {
    const { sample, options } = request;
    const clock = new Stopwatch();
    const media = await loadMedia(this.model, request, this.videos, signal);
    const encoded = encodeSample(
      this.model,
      sample,
      media.map((medium) => medium.facts.tokens),
      options,
    );
    try {
      return await this.#compute(encoded, media, onReward, clock, signal);
    } catch (error) {
      throw error instanceof AppError && error.code === 'DEVICE_OUT_OF_MEMORY'
        ? explainOutOfMemory(error, {
            modelBytes: modelBytes(this.model.manifest),
            precision: this.model.manifest.precision,
            prefixTokens: countTokens(encoded).prefix,
          })
        : error;
    }
  }

  async #compute(
    encoded: EncodedSample,
    media: readonly LoadedMedium[],
    onReward: (event: RewardEvent) => void,
    clock: Stopwatch,
    signal: AbortSignal | undefined,
  ): Promise<SampleScore> {
    const rows: Float32Array[] = [];
    if (encoded.candidates.some((candidate) => candidate.ok)) {
      for (const medium of media) {
        rows.push(await encodeMedium(this.model, medium, signal));
      }
    }
    const msVision = clock.lap();
    const prefix = await this.#runPrefix(encoded, rows, signal);
    const msPrefix = clock.lap();
    try {
      const scored = await this.#scoreCandidates(encoded, prefix, rows, onReward, clock, signal);
      const { rewards, errors, msTails } = scored;
      return {
        rewards,
        errors,
        tokens: countTokens(encoded),
        media: media.map((medium) => medium.facts),
        timing: { msVision, msPrefix, msTails, cached: { vision: false, prefix: false } },
      };
    } finally {
      if (prefix !== undefined) {
        releasePrefix(prefix);
      }
    }
  }

  async #scoreCandidates(
    encoded: EncodedSample,
    prefix: PrefixState | undefined,
    rows: readonly Float32Array[],
    onReward: (event: RewardEvent) => void,
    clock: Stopwatch,
    signal: AbortSignal | undefined,
  ): Promise<{ rewards: (number | null)[]; errors: CandidateError[]; msTails: number[] }> {
    const rewards: (number | null)[] = [];
    const errors: CandidateError[] = [];
    const msTails: number[] = [];
    for (const [candidate, encoding] of encoded.candidates.entries()) {
      // let a cancellation arrive: a run blocks the thread
      await new Promise((resolve) => setImmediate(resolve));
      throwIfAborted(signal);
      const outcome = encoding.ok
        ? await this.#scoreCandidate(encoding.encoded, prefix, rows)
        : encoding.error;
      if (typeof outcome === 'number') {
        rewards.push(outcome);
      } else {
        rewards.push(null);
        errors.push({ candidate, ...outcome });
      }
      msTails.push(clock.lap());
      onReward({ candidate, reward: rewards[candidate] ?? null });
    }
    return { rewards, errors, msTails };
  }

  async #runPrefix(
    encoded: EncodedSample,
    rows: readonly Float32Array[],
    signal: AbortSignal | undefined,
  ): Promise<PrefixState | undefined> {
    throwIfAborted(signal);
    return encoded.prefix.length === 0
      ? undefined
      : this.model.decoder.runPrefix(await this.model.embed(encoded.prefix, rows));
  }

  async #scoreCandidate(
    { tail, whole }: EncodedCandidate,
    prefix: PrefixState | undefined,
    rows: readonly Float32Array[],
  ): Promise<number | ReturnType<typeof encodeError>> {
    const { decoder } = this.model;
    const reward =
      tail === undefined || prefix === undefined
        ? await decoder.scoreWhole(await this.model.embed(whole, rows))
        : await decoder.scoreTail(prefix, await this.model.embed(tail, rows));
    return Number.isFinite(reward)
      ? reward
      : encodeError(new AppError('RUNTIME_FAILED', `the model gave ${reward} as a reward`));
  }
}

function countTokens({ candidates }: EncodedSample): SampleScore['tokens'] {
  const counted = candidates.map((candidate) => (candidate.ok ? candidate.encoded : undefined));
  return {
    prefix: counted.find((candidate) => candidate !== undefined)?.prefixTokens ?? 0,
    tails: counted.map((candidate) => candidate?.tailTokens ?? 0),
    texts: counted.map((candidate) => candidate?.textTokens ?? 0),
  };
}

class Stopwatch {
  #last = performance.now();

  /** Milliseconds since the last call. */
  lap(): number {
    const now = performance.now();
    const ms = now - this.#last;
    this.#last = now;
    return ms;
  }
}
