// The functions of the published model (get_score, get_scores, compare, rank) over any scorer.

import { AppError, decodeError } from '../base/errors';
import {
  conversationSample,
  type Comparison,
  type Conversation,
  type Ranking,
} from '../sample/conversation';
import { rewardOrder } from '../sample/reward';
import type { Scorer, ScoreOptions } from '../sample/scorer';

/**
 * Scores finished conversations. Source: modeling_internlm_xcomposer2.py of the reward model
 * (get_score, get_scores, compare, rank). There, a batch is padded to its longest conversation;
 * here each is scored by itself, which gives the same rewards up to float32 rounding and leaves
 * one conversation's reward independent of the others.
 *
 * With `compat: 'reference'` a single conversation has its published quirks: `getScores` gives a
 * bare number, and `rank` fails. With `safe` they give `[reward]` and the order `[0]`.
 *
 * All functions throw the AppError of the first conversation that cannot be scored.
 */
export class PublishedApi {
  constructor(
    readonly scorer: Scorer,
    /** folder that media paths are relative to and must stay inside */
    readonly mediaRoot: string,
    readonly options: ScoreOptions,
  ) {}

  /** The reward of the last message. */
  getScore(conversation: Conversation, signal?: AbortSignal): Promise<number> {
    return this.#score(conversation, 1, signal);
  }

  /** Rewards in the order of the conversations; in reference mode a bare number if there is one. */
  async getScores(
    conversations: readonly Conversation[],
    signal?: AbortSignal,
  ): Promise<number | readonly number[]> {
    const scores = await this.#scoreAll(conversations, signal);
    const [only] = scores;
    return this.options.compat === 'reference' && scores.length === 1 && only !== undefined
      ? only
      : scores;
  }

  /** Is the first one better? A tie is a no. */
  async compare(
    first: Conversation,
    second: Conversation,
    signal?: AbortSignal,
  ): Promise<Comparison> {
    const logits = [
      await this.#score(first, 1, signal),
      await this.#score(second, 2, signal),
    ] as const;
    return { better: logits[0] > logits[1], logits };
  }

  /** @throws AppError `USAGE` also for a single conversation in reference mode, and for none */
  async rank(conversations: readonly Conversation[], signal?: AbortSignal): Promise<Ranking> {
    if (this.options.compat === 'reference' && conversations.length === 1) {
      throw new AppError('USAGE', 'the published rank takes two conversations or more, not 1');
    }
    const logits = await this.#scoreAll(conversations, signal);
    return { order: rewardOrder(logits), logits };
  }

  async #scoreAll(
    conversations: readonly Conversation[],
    signal: AbortSignal | undefined,
  ): Promise<number[]> {
    if (conversations.length === 0) {
      throw new AppError('USAGE', 'there is no conversation to score');
    }
    const scores: number[] = [];
    for (const [index, conversation] of conversations.entries()) {
      scores.push(await this.#score(conversation, index + 1, signal));
    }
    return scores;
  }

  async #score(
    conversation: Conversation,
    line: number,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const request = {
      sample: conversationSample(conversation, line),
      mediaRoot: this.mediaRoot,
      options: this.options,
    };
    const { rewards, error, errors } = await this.scorer.score(request, undefined, signal);
    const [reward] = rewards;
    if (reward == null) {
      const { code, message, data } = decodeError(error ?? errors[0]);
      throw new AppError(code, `conversation ${line}: ${message}`, { ...data, line });
    }
    return reward;
  }
}
