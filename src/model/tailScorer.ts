// What scoring asks of a decoder, whatever the form of its graph.

import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import type { ModelDims } from './checkpoint/modelConfig';
import type { DecoderRows } from './decoderRows';
import { DECODER_IO } from './onnx/decoderGraph';
import { FEATURES } from './onnx/scoreHead';
import { disposeTensors, type Feeds, type Session } from './ortRuntime';

/** Keys and values of every layer for the positions of a prefix. */
export interface KeyValues {
  readonly length: number;
  readonly past: Feeds;
}

/** A prefix without keys and values: its rows, which run together with those of its tails. */
export interface PendingPrefix {
  readonly length: number;
  readonly rows: DecoderRows;
}

/** A prefix that tails can be scored against, by the decoder that made it. */
export type PrefixState = KeyValues | PendingPrefix;

/** What is made of an output of the graph at a scored position. */
export interface Reading<T> {
  /** name of the output, [positions] or [positions, width] float32 */
  readonly output: string;
  /** @param values at one position */
  read(values: Float32Array): T;
}

/** The reward by the model's own score head. */
export const REWARD: Reading<number> = {
  output: DECODER_IO.rewards,
  read: ([reward = Number.NaN]) => reward,
};

/** What the score head multiplies. */
export const HEAD_FEATURES: Reading<Float32Array> = {
  output: FEATURES,
  read: (values) => values.slice(),
};

/** The reward by another score head. Summed in double precision, in the order of the weights. */
export function rewardBy(weights: Float32Array): Reading<number> {
  return {
    output: FEATURES,
    read: (values) => values.reduce((sum, value, n) => sum + value * (weights[n] ?? 0), 0),
  };
}

/**
 * What is read at each scored position, in their order.
 * @param positions that the output has; fewer may be wanted
 * @throws AppError `RUNTIME_FAILED` when the output has fewer
 */
export function readPositions<T>(
  reading: Reading<T>,
  values: Float32Array,
  positions: number,
  wanted = positions,
): readonly T[] {
  const width = values.length / positions;
  if (!Number.isInteger(width) || width === 0) {
    throw new AppError(
      'RUNTIME_FAILED',
      `the graph gave ${values.length} numbers as ${reading.output}`,
    );
  }
  return Array.from({ length: wanted }, (_, n) =>
    reading.read(values.subarray(n * width, (n + 1) * width)),
  );
}

/** The same where one position is scored. */
export function readAlone<T>(reading: Reading<T>, values: Float32Array, positions = 1): T {
  const [only] = readPositions(reading, values, positions, 1) as [T];
  return only;
}

/** Told of each reward as it is known. @param tail its index */
export type OnTail<T = number> = (tail: number, reward: T) => void;

/** From rows to rewards, or to what else is read. A reward is NaN only where the model gives none. */
export interface TailScorer<T = number> {
  readonly session: Session;
  /** true when {@link runPrefix} does work that every tail then saves */
  readonly keepsPrefix: boolean;
  /** rows of tails that gain from going into one {@link scoreTails}; a single tail may have more */
  readonly tailRowsAtOnce: number;
  /** longest conversation that may be divided: beyond, the rotary base depends on its length */
  readonly maxDivided: number;
  /** The same graph with other position limits or rotary settings. */
  withDims(dims: ModelDims): TailScorer<T>;
  /** The same graph, of which something else is read. Prefixes hold for both. */
  withReading<U>(reading: Reading<U>): TailScorer<U>;
  /** @param rows at least one. Release what comes back with {@link releasePrefix}. */
  runPrefix(rows: DecoderRows): Promise<PrefixState>;
  /** The reward at the last position of a tail that follows a prefix. */
  scoreTail(prefix: PrefixState, rows: DecoderRows): Promise<T>;
  /**
   * The rewards of several tails of one prefix, in their order; `onReward` may get them in another.
   * @throws AppError `CANCELLED` between two runs
   */
  scoreTails(
    prefix: PrefixState,
    tails: readonly DecoderRows[],
    onReward?: OnTail<T>,
    signal?: AbortSignal,
  ): Promise<T[]>;
  /** The reward at the last position of a conversation in one pass. Any length. */
  scoreWhole(rows: DecoderRows): Promise<T>;
}

/** Gives back the device memory that a prefix holds. It can't be used afterwards. */
export function releasePrefix(prefix: PrefixState): void {
  if ('past' in prefix) {
    disposeTensors(prefix.past);
  }
}

/** Lets a cancellation arrive: a run blocks its thread. @throws AppError `CANCELLED` */
export async function letCancel(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  throwIfAborted(signal);
}

/** {@link TailScorer.scoreTails} for a scorer that runs one tail at a time. */
export async function scoreInTurn<T>(
  scorer: Pick<TailScorer<T>, 'scoreTail'>,
  prefix: PrefixState,
  tails: readonly DecoderRows[],
  onReward: OnTail<T> = () => undefined,
  signal?: AbortSignal,
): Promise<T[]> {
  const rewards: T[] = [];
  for (const [tail, rows] of tails.entries()) {
    await letCancel(signal);
    const reward = await scorer.scoreTail(prefix, rows);
    rewards.push(reward);
    onReward(tail, reward);
  }
  return rewards;
}
