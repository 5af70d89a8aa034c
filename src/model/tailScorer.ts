// What scoring asks of a decoder, whatever the form of its graph.

import { throwIfAborted } from '../base/abort';
import type { ModelDims } from './checkpoint/modelConfig';
import type { DecoderRows } from './decoderRows';
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

/** Told of each reward as it is known. @param tail its index */
export type OnTail = (tail: number, reward: number) => void;

/** From rows to rewards. A reward is NaN only where the model gives none. */
export interface TailScorer {
  readonly session: Session;
  /** true when {@link runPrefix} does work that every tail then saves */
  readonly keepsPrefix: boolean;
  /** rows of tails that gain from going into one {@link scoreTails}; a single tail may have more */
  readonly tailRowsAtOnce: number;
  /** longest conversation that may be divided: beyond, the rotary base depends on its length */
  readonly maxDivided: number;
  /** The same graph with other position limits or rotary settings. */
  withDims(dims: ModelDims): TailScorer;
  /** @param rows at least one. Release what comes back with {@link releasePrefix}. */
  runPrefix(rows: DecoderRows): Promise<PrefixState>;
  /** The reward at the last position of a tail that follows a prefix. */
  scoreTail(prefix: PrefixState, rows: DecoderRows): Promise<number>;
  /**
   * The rewards of several tails of one prefix, in their order; `onReward` may get them in another.
   * @throws AppError `CANCELLED` between two runs
   */
  scoreTails(
    prefix: PrefixState,
    tails: readonly DecoderRows[],
    onReward?: OnTail,
    signal?: AbortSignal,
  ): Promise<number[]>;
  /** The reward at the last position of a conversation in one pass. Any length. */
  scoreWhole(rows: DecoderRows): Promise<number>;
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
export async function scoreInTurn(
  scorer: Pick<TailScorer, 'scoreTail'>,
  prefix: PrefixState,
  tails: readonly DecoderRows[],
  onReward: OnTail = () => undefined,
  signal?: AbortSignal,
): Promise<number[]> {
  const rewards: number[] = [];
  for (const [tail, rows] of tails.entries()) {
    await letCancel(signal);
    const reward = await scorer.scoreTail(prefix, rows);
    rewards.push(reward);
    onReward(tail, reward);
  }
  return rewards;
}
