// Second stage of scoring: runs a loaded model, the prefix once, then one tail per candidate.

import { throwIfAborted } from '../base/abort';
import { AppError, encodeError, isCancelled, type EncodedError } from '../base/errors';
import type { DecoderRows } from '../model/decoderRows';
import { explainOutOfMemory } from '../model/deviceFault';
import { modelBytes } from '../model/manifest';
import type { RewardModel } from '../model/rewardModel';
import { letCancel, type PrefixState } from '../model/tailScorer';
import { sequenceLength, type SequenceItem } from '../model/tokenSequence';
import { failedScore, type SampleScore } from '../sample/reward';
import type { RewardEvent, Scorer, ScoreRequest } from '../sample/scorer';
import { groupCandidates } from './candidateGroups';
import type { EncodedSample } from './encodeSample';
import type { FeatureCache } from './featureCache';
import { RowStore, SampleRows } from './mediaRows';
import { PrefixCache, prefixKey } from './prefixCache';
import type { PreparedSample, PrepareSample } from './prepareSample';

/** Codes that stop everything: not this sample is at fault. */
const FATAL = new Set(['CANCELLED', 'INTERNAL']);

const BYTES_PER_FLOAT = 4;

/** Keeps the prefixes scored last; release it before the model. One sample at a time. */
export class ModelScorer implements Scorer {
  readonly #prefixes: PrefixCache;
  readonly #rows: RowStore;

  /** @param features where the rows of media are kept for later runs */
  constructor(
    readonly model: RewardModel,
    readonly prepare: PrepareSample,
    features?: FeatureCache,
  ) {
    const { layers, kvHeads, headDim } = model.manifest.dims;
    this.#prefixes = new PrefixCache(2 * layers * kvHeads * headDim * BYTES_PER_FLOAT);
    this.#rows = new RowStore(model, features);
  }

  async score(
    request: ScoreRequest,
    onReward: (event: RewardEvent) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    try {
      const prepared = await this.prepare(request, signal);
      return await this.#score(prepared, onReward, signal);
    } catch (error) {
      if (isCancelled(error) || !(error instanceof AppError) || FATAL.has(error.code)) {
        throw error;
      }
      return failedScore(request.sample.candidates.length, encodeError(error));
    }
  }

  /** Gives back the memory of the prefixes. */
  release(): void {
    this.#prefixes.clear();
  }

  async #score(
    prepared: PreparedSample,
    onReward: (event: RewardEvent) => void,
    signal: AbortSignal | undefined,
  ): Promise<SampleScore> {
    try {
      return await this.#compute(prepared, onReward, signal);
    } catch (error) {
      throw error instanceof AppError && error.code === 'DEVICE_OUT_OF_MEMORY'
        ? explainOutOfMemory(error, {
            modelBytes: modelBytes(this.model.manifest),
            precision: this.model.manifest.precision,
            prefixTokens: countTokens(prepared.encoded).prefix,
          })
        : error;
    }
  }

  async #compute(
    { encoded, media }: PreparedSample,
    onReward: (event: RewardEvent) => void,
    signal: AbortSignal | undefined,
  ): Promise<SampleScore> {
    const clock = new Stopwatch();
    const rows = new SampleRows(this.#rows, media, signal);
    const mediaKeys = media.map(({ key }) => key);
    const key = prefixKey(encoded.prefix, mediaKeys);
    const kept = this.#prefixes.get(key);
    if (kept === undefined && readsMedia(encoded)) {
      await rows.all();
    }
    const msVision = clock.lap();
    const prefix = kept ?? (await this.#runPrefix(key, encoded.prefix, rows, signal));
    const msPrefix = clock.lap();
    const count = encoded.candidates.length;
    const rewards = new Array<number | null>(count).fill(null);
    const errors = new Map<number, EncodedError>();
    const msTails = new Array<number>(count).fill(0);
    await this.#scoreCandidates(
      encoded,
      prefix,
      rows,
      (candidate, outcome) => {
        if (typeof outcome === 'number' && Number.isFinite(outcome)) {
          rewards[candidate] = outcome;
        } else {
          errors.set(candidate, typeof outcome === 'number' ? notANumber(outcome) : outcome);
        }
        msTails[candidate] = clock.lap();
        onReward({ candidate, reward: rewards[candidate] ?? null });
      },
      signal,
    );
    await rows.stored();
    const cached = { vision: rows.computed === 0, prefix: kept !== undefined };
    return {
      rewards,
      errors: [...errors]
        .sort(([a], [b]) => a - b)
        .map(([candidate, error]) => ({ candidate, ...error })),
      tokens: countTokens(encoded),
      media: media.map(({ facts }) => facts),
      timing: { msVision, msPrefix, msTails, cached },
    };
  }

  async #runPrefix(
    key: string,
    prefix: readonly SequenceItem[],
    rows: SampleRows,
    signal: AbortSignal | undefined,
  ): Promise<PrefixState | undefined> {
    throwIfAborted(signal);
    if (prefix.length === 0) {
      return undefined;
    }
    const { decoder } = this.model;
    if (decoder.keepsPrefix) {
      this.#prefixes.makeRoom(sequenceLength(prefix));
    }
    const state = await decoder.runPrefix(await this.#embed(prefix, rows));
    if (decoder.keepsPrefix) {
      this.#prefixes.set(key, state);
    }
    return state;
  }

  /** Settles every candidate once; those that run together come together. */
  async #scoreCandidates(
    { candidates }: EncodedSample,
    prefix: PrefixState | undefined,
    rows: SampleRows,
    settle: (candidate: number, outcome: number | EncodedError) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { decoder } = this.model;
    for (const group of groupCandidates(candidates, prefix, decoder.tailRowsAtOnce)) {
      await letCancel(signal);
      if (group.kind === 'fault') {
        settle(group.candidate, group.error);
      } else if (group.kind === 'whole') {
        const whole = await this.#embed(group.whole, rows);
        settle(group.candidate, await decoder.scoreWhole(whole));
      } else {
        const tails: DecoderRows[] = [];
        for (const { tail } of group.tails) {
          tails.push(await this.#embed(tail, rows));
        }
        const onTail = (n: number, reward: number): void =>
          settle(group.tails[n]?.candidate ?? 0, reward);
        await decoder.scoreTails(group.prefix, tails, onTail, signal);
      }
    }
  }

  async #embed(items: readonly SequenceItem[], rows: SampleRows): Promise<DecoderRows> {
    return this.model.embed(items, hasMedia(items) ? await rows.all() : []);
  }
}

function notANumber(reward: number): EncodedError {
  return encodeError(new AppError('RUNTIME_FAILED', `the model gave ${reward} as a reward`));
}

function hasMedia(items: readonly SequenceItem[]): boolean {
  return items.some((item) => typeof item !== 'number');
}

/** False also when no candidate can be scored. */
function readsMedia({ candidates }: EncodedSample): boolean {
  return candidates.some((candidate) => candidate.ok && hasMedia(candidate.encoded.whole));
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
