// From a prompt and its answers, however they are spelled, to what a sample holds.

import type { Candidate, GivenPreference } from '../../sample/sample';
import { layOutMedia, type MediaTag, type RowMedia } from './mediaLayout';
import { isFault, type RowContent, type RowFault } from './rowFormat';
import { plainText, userTurn, type RawTurn } from './turns';

export interface AnsweredPrompt extends RowMedia {
  /** the format's own placeholders for media in texts; none when they are left out */
  readonly tags?: readonly MediaTag[];
  readonly prompt: string | readonly RawTurn[];
  readonly answers: readonly Candidate[];
  readonly given?: GivenPreference | undefined;
  readonly domain?: string | null | undefined;
}

/** @returns a fault when there is nothing to answer, no answer, or the media don't fit */
export function toContent(row: AnsweredPrompt): RowContent | RowFault {
  const { prompt, answers, given, domain } = row;
  const raw = typeof prompt === 'string' ? [userTurn(prompt)] : prompt;
  if (raw.length === 0) {
    return { code: 'ROW_SHAPE', message: 'has no prompt' };
  }
  if (answers.length === 0) {
    return { code: 'NO_CANDIDATES', message: 'has a prompt and no answer' };
  }
  const placed = layOutMedia(raw, row, row.tags ?? []);
  if (isFault(placed)) {
    return placed;
  }
  return {
    ...placed,
    candidates: answers,
    ...(domain == null || domain === '' ? {} : { domain }),
    ...(given === undefined || Object.keys(given).length === 0 ? {} : { given }),
  };
}

/** A conversation with its last turn, the answer, taken off. */
export interface Answered {
  readonly prompt: readonly RawTurn[];
  readonly answer: string;
}

/** @returns a fault when the last turn is not the assistant's */
export function splitAnswer(conversation: readonly RawTurn[]): Answered | RowFault {
  const last = conversation.at(-1);
  if (last?.role !== 'assistant') {
    return {
      code: 'NO_CANDIDATES',
      message: 'has a prompt and no answer: its last turn is not one',
    };
  }
  const answer = plainText(last);
  return answer === undefined
    ? { code: 'MEDIA_UNSUPPORTED', message: 'the answer holds media: only texts are scored' }
    : { prompt: conversation.slice(0, -1), answer };
}

/** The only answer that a text or a list of one message is; an answer is text. */
export function answerOf(value: string | readonly RawTurn[]): string | undefined {
  if (typeof value === 'string') {
    return value;
  }
  const [only, ...others] = value;
  return only?.role === 'assistant' && others.length === 0 ? plainText(only) : undefined;
}

export function toCandidate(text: string, source?: string | null): Candidate {
  return { text, ...(source == null || source === '' ? {} : { source }) };
}

/** The first is better than the second. */
export const FIRST_WINS = [[0], [1]] as const;

/** Drops what is not there. */
export function givenOf(known: {
  readonly [K in keyof GivenPreference]: GivenPreference[K] | null | undefined;
}): GivenPreference {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value != null));
}

export interface SharedPrompt {
  readonly prompt: readonly RawTurn[];
  readonly chosen: string;
  readonly rejected: string;
}

/** Two whole conversations that differ in their last turn only. */
export function sharedPrompt(
  chosen: readonly RawTurn[],
  rejected: readonly RawTurn[],
): SharedPrompt | RowFault {
  const [better, worse] = [splitAnswer(chosen), splitAnswer(rejected)];
  if (isFault(better)) {
    return better;
  }
  if (isFault(worse)) {
    return worse;
  }
  return JSON.stringify(better.prompt) === JSON.stringify(worse.prompt)
    ? { prompt: better.prompt, chosen: better.answer, rejected: worse.answer }
    : {
        code: 'ROW_SHAPE',
        message: 'the two conversations differ before their last turn: they share no prompt',
      };
}
