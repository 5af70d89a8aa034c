// Answers typed requests: abort signals in, coded errors out.

import {
  ResponseError,
  type CancellationToken,
  type MessageConnection,
  type RequestType,
} from 'vscode-jsonrpc';
import { encodeError, type EncodedError } from '../base/errors';
import type { Logger } from '../base/logger';

/** Registers an answer to one type of request. */
export type Handle = <P, R>(
  type: RequestType<P, R, EncodedError>,
  answer: (params: P, signal: AbortSignal) => Promise<R>,
) => void;

export function answering(connection: MessageConnection, logger: Logger): Handle {
  return <P, R>(
    type: RequestType<P, R, EncodedError>,
    answer: (params: P, signal: AbortSignal) => Promise<R>,
  ): void => {
    connection.onRequest<unknown, EncodedError>(
      type.method,
      (params: P, token: CancellationToken) =>
        answer(params, toSignal(token)).catch((error: unknown) => toResponse(error, logger)),
    );
  };
}

function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) {
    controller.abort();
  }
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

// JSON-RPC wants a number; the code that counts travels in the data.
const APPLICATION_ERROR = -32_000;

function toResponse(error: unknown, logger: Logger): ResponseError<EncodedError> {
  const encoded = encodeError(error);
  if (encoded.code === 'INTERNAL') {
    logger.log('error', encoded.message, {
      stack: error instanceof Error ? (error.stack ?? '') : '',
    });
  }
  return new ResponseError(APPLICATION_ERROR, encoded.message, encoded);
}
