// Answers the protocol: one heavy task at a time, cancellable between runs.

import {
  ResponseError,
  type CancellationToken,
  type MessageConnection,
  type RequestType,
} from 'vscode-jsonrpc';
import { encodeError, type EncodedError, AppError } from '../base/errors';
import type { Logger } from '../base/logger';
import type { Progress } from '../base/progress';
import { TaskQueue } from '../base/taskQueue';
import { convertCheckpoint } from '../model/convert/convertCheckpoint';
import { downloadCheckpoint } from '../model/hub/hubCheckpoint';
import type { Devices } from '../model/loadOnDevice';
import { modelBytes, readManifest, type Manifest } from '../model/manifest';
import { runtimeFacts } from '../model/ortRuntime';
import { loadPromptModel, type PromptModel } from '../model/rewardModel';
import { resolveMedia } from '../node/folder';
import * as protocol from '../protocol/engineProtocol';
import type { Device, DeviceUse } from '../sample/device';
import { inspectSample } from '../scoring/inspectSample';
import { selfTest } from '../scoring/selfTest';
import { imageLibraryVersion } from '../vision/decodeImage';
import { ModelScorer } from '../scoring/modelScorer';
import type { VideoReader } from '../vision/videoReader';
import { reportDevices } from './deviceReports';
import { ModelSlot } from './modelSlot';
import { servePublishedApi } from './publishedRequests';
import { scoreOnDevice } from './scoreOnDevice';
import { withThreadedQuantiser } from './threadedQuantiser';

export interface EngineOptions {
  readonly devices: Devices;
  /** version of RewardLens */
  readonly version: string;
  /** path of quantiserThread.ts, bundled */
  readonly quantiserScript: string;
  readonly logger: Logger;
  readonly videos: VideoReader;
}

/** Registers all handlers on a connection that has not started to listen yet. */
export function serveEngine(connection: MessageConnection, options: EngineOptions): void {
  const queue = new TaskQueue();
  const { logger, devices, videos } = options;
  const onTry = (device: Device): void =>
    void connection.sendNotification(protocol.TRYING_DEVICE, { device });
  const onChosen = (use: DeviceUse): void =>
    void connection.sendNotification(protocol.DEVICE_CHOSEN, use);
  const slot = new ModelSlot(devices, { onTry, onChosen }, logger);
  const prompts = new Map<string, Promise<PromptModel>>();

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
    for (const { device, error } of params.broken) {
      devices.markBroken(device, error);
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

  handle(protocol.PREPARE, ({ modelFolder, device }, signal) =>
    queue.enqueue(
      async () => {
        const start = performance.now();
        const { model, use } = await slot.get(modelFolder, device);
        return {
          model: toFacts(modelFolder, model.manifest),
          device: use,
          msLoad: performance.now() - start,
        };
      },
      0,
      signal,
    ),
  );

  handle(protocol.TEST_DEVICES, ({ modelFolder }, signal) =>
    queue.enqueue(() => reportDevices(devices, modelFolder, onTry), 0, signal),
  );

  handle(protocol.SCORE, ({ modelFolder, device, request, priority, token }, signal) =>
    queue.enqueue(
      async () => {
        void connection.sendProgress(protocol.SCORE_PROGRESS, token, { type: 'started' });
        return scoreOnDevice(
          { slot, videos },
          modelFolder,
          device,
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

  servePublishedApi(handle, ({ modelFolder, device, priority }, signal, task) =>
    queue.enqueue(
      async () => task(new ModelScorer((await slot.get(modelFolder, device)).model, videos)),
      priority,
      signal,
    ),
  );

  handle(protocol.INSPECT, async ({ modelFolder, request }) => {
    const model = prompts.get(modelFolder) ?? loadPromptModel(modelFolder);
    prompts.set(modelFolder, model);
    try {
      return await inspectSample(await model, request, videos);
    } catch (error) {
      prompts.delete(modelFolder);
      throw error;
    }
  });

  handle(protocol.VIDEO_FRAMES, async ({ mediaRoot, path }, signal) => {
    const file = await resolveMedia(mediaRoot, path);
    const { facts, jpegs } = await videos.readThumbnails(file, signal);
    return { facts, jpegs: jpegs.map((jpeg) => Buffer.from(jpeg).toString('base64')) };
  });

  handle(protocol.CONVERT, async ({ checkpointFolder, outFolder, precision, token }, signal) => {
    const onProgress = throttled((progress: Progress) =>
      connection.sendProgress(protocol.CONVERT_PROGRESS, token, progress),
    );
    const { version: converter, quantiserScript } = options;
    const result = await withThreadedQuantiser(quantiserScript, (quantiser) =>
      convertCheckpoint(
        { checkpointFolder, outFolder, precision, converter, quantiser },
        onProgress,
        signal,
      ),
    );
    return {
      model: toFacts(outFolder, result.manifest),
      ignoredTensors: result.ignoredTensors,
    };
  });

  handle(protocol.DOWNLOAD, ({ token, accessToken, ...where }, signal) =>
    downloadCheckpoint(
      { ...where, ...(accessToken === undefined ? {} : { token: accessToken }) },
      throttled((progress: Progress) =>
        connection.sendProgress(protocol.DOWNLOAD_PROGRESS, token, progress),
      ),
      signal,
    ),
  );

  handle(protocol.SELF_TEST, ({ modelFolder, device }, signal) =>
    queue.enqueue(
      async () => {
        const start = performance.now();
        const { model, use } = await slot.get(modelFolder, device);
        const msLoad = performance.now() - start;
        return {
          model: toFacts(modelFolder, model.manifest),
          device: use,
          msLoad,
          ...(await selfTest(model)),
        };
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
    weightBytes: modelBytes(manifest),
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
