// Second stage of scoring: runs a loaded model, the prefix once, then one tail per candidate.

import { throwIfAborted } from '../base/abort';
import { AppError, encodeError, isCancelled, type EncodedError } from '../base/errors';
import type { DecoderRows } from '../model/decoderRows';
import { explainOutOfMemory } from '../model/deviceFault';
import { modelBytes } from '../model/manifest';
import type { RewardModel } from '../model/rewardModel';
import {
  HEAD_FEATURES,
  letCancel,
  rewardBy,
  type PrefixState,
  type TailScorer,
} from '../model/tailScorer';
import { sequenceLength, type SequenceItem } from '../model/tokenSequence';
import { floatsFromBase64 } from '../node/base64Floats';
import { failedScore, type SampleFeatures, type SampleScore } from '../sample/reward';
import { requireHeadOf, type ScoreHead } from '../sample/scoreHead';
import type { FeatureScorer, RewardEvent, Scorer, ScoreRequest } from '../sample/scorer';
import { groupCandidates } from './candidateGroups';
import {
  errorsOf,
  finiteFeatures,
  finiteReward,
  valuesOf,
  type Check,
  type Outcome,
} from './candidateOutcome';
import type { EncodedSample } from './encodeSample';
import type { FeatureCache } from './featureCache';
import { RowStore, SampleRows } from './mediaRows';
import { PrefixCache, prefixKey } from './prefixCache';
import type { PreparedSample, PrepareSample } from './prepareSample';

/** Codes that stop everything: not this sample is at fault. */
const FATAL = new Set(['CANCELLED', 'INTERNAL']);

const BYTES_PER_FLOAT = 4;

/** Keeps the prefixes scored last; release it before the model. One sample at a time. */
export class ModelScorer implements Scorer, FeatureScorer {
  readonly #prefixes: PrefixCache;
  readonly #rows: RowStore;
  readonly #featured: TailScorer<Float32Array>;
  /** the decoder with the head that was asked for last */
  #headed: { readonly id: string; readonly decoder: TailScorer } | undefined;

  /** @param features where the rows of media are kept for later runs */
  constructor(
    readonly model: RewardModel,
    readonly prepare: PrepareSample,
    features?: FeatureCache,
  ) {
    const { layers, kvHeads, headDim } = model.manifest.dims;
    this.#prefixes = new PrefixCache(2 * layers * kvHeads * headDim * BYTES_PER_FLOAT);
    this.#rows = new RowStore(model, features);
    this.#featured = model.decoder.withReading(HEAD_FEATURES);
  }

  async score(
    request: ScoreRequest,
    onReward: (event: RewardEvent) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    const count = request.sample.candidates.length;
    try {
      const decoder = this.#decoderWith(request.options.head);
      const prepared = await this.prepare(request, signal);
      const onOutcome = (candidate: number, outcome: Outcome<number>): void =>
        onReward({ candidate, reward: outcome.ok ? outcome.value : null });
      const wanted = { decoder, check: finiteReward, onOutcome };
      const { outcomes, ...rest } = await this.#run(prepared, wanted, signal);
      return { rewards: valuesOf(outcomes), errors: errorsOf(outcomes), ...rest };
    } catch (error) {
      return failedScore(count, faultOfSample(error));
    }
  }

  async features(request: ScoreRequest, signal?: AbortSignal): Promise<SampleFeatures> {
    try {
      const prepared = await this.prepare(request, signal);
      const wanted = { decoder: this.#featured, check: finiteFeatures };
      const { outcomes } = await this.#run(prepared, wanted, signal);
      return { features: valuesOf(outcomes), errors: errorsOf(outcomes) };
    } catch (error) {
      const features = request.sample.candidates.map(() => null);
      return { features, error: faultOfSample(error), errors: [] };
    }
  }

  /** @throws AppError `HEAD_INVALID` */
  #decoderWith(head: ScoreHead | undefined): TailScorer {
    const { decoder, manifest } = this.model;
    if (head === undefined) {
      return decoder;
    }
    if (this.#headed?.id === head.id) {
      return this.#headed.decoder;
    }
    requireHeadOf(head, manifest.fingerprint);
    const weights = floatsFromBase64(head.weights);
    const { hidden } = manifest.dims;
    if (weights.length !== hidden) {
      throw new AppError('HEAD_INVALID', `the head has ${weights.length} weights, not ${hidden}`);
    }
    this.#headed = { id: head.id, decoder: decoder.withReading(rewardBy(weights)) };
    return this.#headed.decoder;
  }

  /** Gives back the memory of the prefixes. */
  release(): void {
    this.#prefixes.clear();
  }

  async #run<T, V>(
    prepared: PreparedSample,
    wanted: Wanted<T, V>,
    signal: AbortSignal | undefined,
  ): Promise<Run<V>> {
    try {
      return await this.#compute(prepared, wanted, signal);
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

  async #compute<T, V>(
    { encoded, media }: PreparedSample,
    { decoder, check, onOutcome }: Wanted<T, V>,
    signal: AbortSignal | undefined,
  ): Promise<Run<V>> {
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
    const outcomes = new Array<Outcome<V>>(count);
    const msTails = new Array<number>(count).fill(0);
    await this.#scoreCandidates(
      encoded,
      decoder,
      prefix,
      rows,
      (candidate, outcome) => {
        const checked = outcome.ok ? check(outcome.value) : outcome;
        outcomes[candidate] = checked;
        msTails[candidate] = clock.lap();
        onOutcome?.(candidate, checked);
      },
      signal,
    );
    await rows.stored();
    const cached = { vision: rows.computed === 0, prefix: kept !== undefined };
    return {
      outcomes,
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
  async #scoreCandidates<T>(
    { candidates }: EncodedSample,
    decoder: TailScorer<T>,
    prefix: PrefixState | undefined,
    rows: SampleRows,
    settle: (candidate: number, outcome: Outcome<T>) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (const group of groupCandidates(candidates, prefix, decoder.tailRowsAtOnce)) {
      await letCancel(signal);
      if (group.kind === 'fault') {
        settle(group.candidate, { ok: false, error: group.error });
      } else if (group.kind === 'whole') {
        const whole = await this.#embed(group.whole, rows);
        settle(group.candidate, { ok: true, value: await decoder.scoreWhole(whole) });
      } else {
        const tails: DecoderRows[] = [];
        for (const { tail } of group.tails) {
          tails.push(await this.#embed(tail, rows));
        }
        const onTail = (n: number, value: T): void =>
          settle(group.tails[n]?.candidate ?? 0, { ok: true, value });
        await decoder.scoreTails(group.prefix, tails, onTail, signal);
      }
    }
  }

  async #embed(items: readonly SequenceItem[], rows: SampleRows): Promise<DecoderRows> {
    return this.model.embed(items, hasMedia(items) ? await rows.all() : []);
  }
}

/** A run over the candidates of a sample, whatever is read for them. */
interface Run<V> extends Pick<SampleScore, 'tokens' | 'media' | 'timing'> {
  readonly outcomes: readonly Outcome<V>[];
}

/** What a run reads, and who hears of it. */
interface Wanted<T, V> {
  readonly decoder: TailScorer<T>;
  readonly check: Check<T, V>;
  readonly onOutcome?: (candidate: number, outcome: Outcome<V>) => void;
}

/** @throws what is not this sample's fault */
function faultOfSample(error: unknown): EncodedError {
  if (isCancelled(error) || !(error instanceof AppError) || FATAL.has(error.code)) {
    throw error;
  }
  return encodeError(error);
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
