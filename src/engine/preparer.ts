// Prepares samples in a thread of its own: the next one while the model runs on the one before.

import { Worker } from 'node:worker_threads';
import {
  CancellationTokenSource,
  ResponseError,
  type MessageConnection,
  type RequestType,
} from 'vscode-jsonrpc';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { throwIfAborted } from '../base/abort';
import { AppError, decodeError, errorText, type EncodedError } from '../base/errors';
import type { InspectParams, InspectRow } from '../protocol/engineProtocol';
import type { ScoreRequest } from '../sample/scorer';
import type { PreparedSample } from '../scoring/prepareSample';
import type { VideoFiles } from '../sample/frameList';
import {
  INSPECT_SAMPLE,
  PREPARE_SAMPLE,
  READ_THUMBNAILS,
  type PrepareParams,
  type Thumbnails,
} from './prepareProtocol';

/** Samples prepared before their turn: each may hold the pixels of several pictures. */
const MAX_AHEAD = 2;

interface Thread {
  readonly connection: MessageConnection;
  /** rejects when the thread ends */
  readonly ended: Promise<never>;
}

interface Ahead {
  readonly params: PrepareParams;
  readonly prepared: Promise<PreparedSample>;
}

export class Preparer {
  readonly #ahead = new Map<ScoreRequest, Ahead>();
  #thread: Thread | undefined;

  /** @param script prepareThread.ts, bundled; the thread starts with the first request */
  constructor(readonly script: string) {}

  /** Begins with a sample whose turn has not come. `forget` it, whatever becomes of it. */
  begin(params: PrepareParams, signal: AbortSignal): void {
    if (this.#ahead.size < MAX_AHEAD) {
      const prepared = this.#ask(PREPARE_SAMPLE, params, signal);
      // what goes wrong is told when its turn comes
      prepared.catch(() => undefined);
      this.#ahead.set(params.request, { params, prepared });
    }
  }

  forget(request: ScoreRequest): void {
    this.#ahead.delete(request);
  }

  /** @throws AppError what is wrong with the sample, or `CANCELLED` */
  prepare(params: PrepareParams, signal?: AbortSignal): Promise<PreparedSample> {
    const ahead = this.#ahead.get(params.request);
    const isSame =
      ahead?.params.identity === params.identity && ahead.params.modelFolder === params.modelFolder;
    this.#ahead.delete(params.request);
    return ahead !== undefined && isSame
      ? ahead.prepared
      : this.#ask(PREPARE_SAMPLE, params, signal);
  }

  inspect(params: InspectParams, signal: AbortSignal): Promise<readonly InspectRow[]> {
    return this.#ask(INSPECT_SAMPLE, params, signal);
  }

  readThumbnails(file: VideoFiles, signal: AbortSignal): Promise<Thumbnails> {
    return this.#ask(READ_THUMBNAILS, { file }, signal);
  }

  async #ask<P, R>(
    { method }: RequestType<P, R, EncodedError>,
    params: P,
    signal: AbortSignal | undefined,
  ): Promise<R> {
    throwIfAborted(signal);
    this.#thread ??= this.#start();
    const { connection, ended } = this.#thread;
    const source = new CancellationTokenSource();
    const cancel = (): void => source.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await Promise.race([connection.sendRequest<R>(method, params, source.token), ended]);
    } catch (error) {
      throwIfAborted(signal);
      throw error instanceof ResponseError ? decodeError(error.data) : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  #start(): Thread {
    const worker = new Worker(this.script);
    const connection = createMessageConnection(
      new PortMessageReader(worker),
      new PortMessageWriter(worker),
    );
    const ended = new Promise<never>((_, reject) => {
      const fail = (reason: string): void => {
        this.#thread = undefined;
        // before the connection says only that it is closed
        reject(new AppError('INTERNAL', `the preparing thread ended: ${reason}`));
        connection.dispose();
      };
      worker.once('error', (error) => fail(errorText(error)));
      worker.once('exit', (code) => fail(`exit code ${code}`));
    });
    ended.catch(() => undefined);
    connection.listen();
    return { connection, ended };
  }
}
