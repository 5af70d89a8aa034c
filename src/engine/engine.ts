// Answers the protocol: one heavy task at a time, cancellable between runs.

import {
  ResponseError,
  type CancellationToken,
  type MessageConnection,
  type RequestType,
} from 'vscode-jsonrpc';
import { encodeError, type EncodedError, AppError } from '../base/errors';
import type { Logger } from '../base/logger';
import { TaskQueue } from '../base/taskQueue';
import { convertCheckpoint } from '../model/convert/convertCheckpoint';
import type { Manifest } from '../model/manifest';
import { readManifest } from '../model/manifest';
import { runtimeFacts } from '../model/ortRuntime';
import { loadPromptModel, type PromptModel } from '../model/rewardModel';
import * as protocol from '../protocol/engineProtocol';
import { inspectSample } from '../scoring/inspectSample';
import { ModelScorer } from '../scoring/modelScorer';
import { selfTest } from '../scoring/selfTest';
import { imageLibraryVersion } from '../vision/decodeImage';
import { ModelSlot } from './modelSlot';

export interface EngineOptions {
  /** threads inside one operator; 0 lets the runtime choose */
  readonly threads: number;
  /** version of RewardLens */
  readonly version: string;
  readonly logger: Logger;
}

/** Registers all handlers on a connection that has not started to listen yet. */
export function serveEngine(connection: MessageConnection, options: EngineOptions): void {
  const queue = new TaskQueue();
  const slot = new ModelSlot(options.threads, options.logger);
  const prompts = new Map<string, Promise<PromptModel>>();
  const { logger } = options;

  const handle = <P, R>(
    type: RequestType<P, R, EncodedError>,
    answer: (params: P, signal: AbortSignal) => Promise<R>,
  ): void => {
    connection.onRequest<unknown, EncodedError>(
      type.method,
      (params: P, token: CancellationToken) =>
        answer(params, toSignal(token)).catch((error: unknown) => toResponse(error, logger)),
    );
  };

  handle(protocol.HELLO, async (params) => {
    if (params.protocol !== protocol.PROTOCOL_VERSION) {
      throw new AppError('ENGINE_START_FAILED', `protocol ${params.protocol} is not spoken here`);
    }
    const { version, backends } = runtimeFacts();
    return {
      protocol: protocol.PROTOCOL_VERSION,
      pid: process.pid,
      node: process.versions.node,
      onnxruntime: version,
      backends,
      sharp: imageLibraryVersion(),
    };
  });

  handle(protocol.DESCRIBE_MODEL, async ({ modelFolder }) =>
    toFacts(modelFolder, await readManifest(modelFolder)),
  );

  handle(protocol.SCORE, ({ modelFolder, request, priority, token }, signal) =>
    queue.enqueue(
      async () => {
        void connection.sendProgress(protocol.SCORE_PROGRESS, token, { type: 'started' });
        const scorer = new ModelScorer(await slot.get(modelFolder));
        return scorer.score(
          request,
          (event) =>
            void connection.sendProgress(protocol.SCORE_PROGRESS, token, {
              type: 'reward',
              ...event,
            }),
          signal,
        );
      },
      priority,
      signal,
    ),
  );

  handle(protocol.INSPECT, async ({ modelFolder, request }) => {
    const model = prompts.get(modelFolder) ?? loadPromptModel(modelFolder);
    prompts.set(modelFolder, model);
    try {
      return await inspectSample(await model, request);
    } catch (error) {
      prompts.delete(modelFolder);
      throw error;
    }
  });

  handle(protocol.CONVERT, async ({ checkpointFolder, outFolder, precision, token }, signal) => {
    const result = await convertCheckpoint(
      { checkpointFolder, outFolder, precision, converter: options.version },
      throttled((progress) => connection.sendProgress(protocol.CONVERT_PROGRESS, token, progress)),
      signal,
    );
    return {
      model: toFacts(outFolder, result.manifest),
      ignoredTensors: result.ignoredTensors,
    };
  });

  handle(protocol.SELF_TEST, ({ modelFolder }, signal) =>
    queue.enqueue(
      async () => {
        const start = performance.now();
        const model = await slot.get(modelFolder);
        const msLoad = performance.now() - start;
        return { model: toFacts(modelFolder, model.manifest), msLoad, ...(await selfTest(model)) };
      },
      0,
      signal,
    ),
  );

  // lowest priority: everything that waits is finished first
  connection.onNotification(protocol.SHUTDOWN, () => {
    void queue.enqueue(async () => {
      process.disconnect();
    }, -Infinity);
  });
}

function toFacts(folder: string, manifest: Manifest): protocol.ModelFacts {
  return {
    folder,
    fingerprint: manifest.fingerprint,
    family: manifest.family,
    precision: manifest.precision,
    ...(manifest.label === undefined ? {} : { label: manifest.label }),
    weightBytes: manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0),
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

const MIN_INTERVAL_MS = 100;

/** Passes on at most ten values a second. */
function throttled<T>(send: (value: T) => Promise<void>): (value: T) => void {
  let last = -Infinity;
  return (value) => {
    const now = performance.now();
    if (now - last >= MIN_INTERVAL_MS) {
      last = now;
      void send(value);
    }
  };
}
