// A conversation to score as it is: what the published functions take in place of a sample.

import { AppError } from '../base/errors';
import type { Sample, Turn } from './sample';

export interface Conversation {
  /** in reading order; the reward is that of the last one */
  readonly messages: readonly Turn[];
  /** paths relative to the media root, in the order in which they fill the placeholders */
  readonly images: readonly string[];
  /** the same, after the images */
  readonly videos?: readonly string[];
}

/** Two conversations compared: what the published `compare` gives with `return_logits`. */
export interface Comparison {
  /** the first one's reward is higher; false when they are equal */
  readonly better: boolean;
  readonly logits: readonly [number, number];
}

/** Conversations ranked: what the published `rank` gives with `return_logits`. */
export interface Ranking {
  /** indices of the conversations, best first: an argsort, not positions. Ties keep their order */
  readonly order: readonly number[];
  readonly logits: readonly number[];
}

/**
 * The conversation as a sample with one candidate: its last message.
 * @param line numbers it among others, from 1
 * @throws AppError `USAGE` when there is no message
 */
export function conversationSample(conversation: Conversation, line: number): Sample {
  const last = conversation.messages.at(-1);
  if (last === undefined) {
    throw new AppError('USAGE', `conversation ${line} has no message`, { line });
  }
  return {
    id: `conversation-${line}`,
    line,
    messages: conversation.messages.slice(0, -1),
    candidateRole: last.role,
    candidates: [{ text: last.content }],
    images: conversation.images,
    videos: conversation.videos ?? [],
  };
}
