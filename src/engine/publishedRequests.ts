// Answers the requests that mirror the published functions.

import type { RequestType } from 'vscode-jsonrpc';
import { AppError, type EncodedError } from '../base/errors';
import * as protocol from '../protocol/engineProtocol';
import type { Conversation } from '../sample/conversation';
import { PublishedApi } from '../scoring/publishedApi';
import type { Scorer } from '../sample/scorer';
import type { Handle } from './answering';

/** Runs a task with a loaded model when its turn comes. */
export type WithScorer = <R>(
  params: protocol.ConversationParams,
  signal: AbortSignal,
  task: (scorer: Scorer) => Promise<R>,
) => Promise<R>;

export function servePublishedApi(handle: Handle, withScorer: WithScorer): void {
  const serve = <R>(
    type: RequestType<protocol.ConversationParams, R, EncodedError>,
    answer: (
      api: PublishedApi,
      conversations: readonly Conversation[],
      signal: AbortSignal,
    ) => Promise<R>,
  ): void => {
    handle(type, (params, signal) =>
      withScorer(params, signal, (scorer) =>
        answer(
          new PublishedApi(scorer, params.mediaRoot, params.options),
          params.conversations,
          signal,
        ),
      ),
    );
  };

  serve(protocol.GET_SCORE, async (api, conversations, signal) => {
    const [only, more] = conversations;
    if (only === undefined || more !== undefined) {
      throw wrongNumber('get_score', 1, conversations);
    }
    return api.getScore(only, signal);
  });

  serve(protocol.GET_SCORES, (api, conversations, signal) => api.getScores(conversations, signal));

  serve(protocol.COMPARE, async (api, conversations, signal) => {
    const [first, second, more] = conversations;
    if (first === undefined || second === undefined || more !== undefined) {
      throw wrongNumber('compare', 2, conversations);
    }
    return api.compare(first, second, signal);
  });

  serve(protocol.RANK, (api, conversations, signal) => api.rank(conversations, signal));
}

function wrongNumber(name: string, wanted: number, given: readonly unknown[]): AppError {
  return new AppError('USAGE', `${name} takes ${wanted} conversations, not ${given.length}`);
}
