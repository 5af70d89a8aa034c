// Answers the protocol: one heavy task at a time, cancellable between runs.

import type { MessageConnection } from 'vscode-jsonrpc';
import { AppError } from '../base/errors';
import type { Logger } from '../base/logger';
import type { Progress } from '../base/progress';
import { TaskQueue } from '../base/taskQueue';
import { convertCheckpoint } from '../model/convert/convertCheckpoint';
import { downloadCheckpoint } from '../model/hub/hubCheckpoint';
import type { Devices } from '../model/loadOnDevice';
import { modelBytes, readManifest, type Manifest } from '../model/manifest';
import { runtimeFacts } from '../model/ortRuntime';
import type { BlobCache } from '../node/blobCache';
import * as protocol from '../protocol/engineProtocol';
import type { Device, DeviceUse } from '../sample/device';
import type { SampleScore } from '../sample/reward';
import type { RewardEvent, Scorer } from '../sample/scorer';
import { videoFiles } from '../scoring/mediaFiles';
import { selfTest } from '../scoring/selfTest';
import { imageLibraryVersion } from '../vision/decodeImage';
import type { FeatureCache } from '../scoring/featureCache';
import { answering } from './answering';
import { reportDevices } from './deviceReports';
import { fitHeadOnDevice } from './fitHeadOnDevice';
import { ModelSlot } from './modelSlot';
import type { Preparer } from './preparer';
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
  readonly preparer: Preparer;
  readonly features: FeatureCache | undefined;
  /** what score heads multiply, of earlier fits */
  readonly headFeatures: BlobCache;
}

/** Registers all handlers on a connection that has not started to listen yet. */
export function serveEngine(connection: MessageConnection, options: EngineOptions): void {
  const queue = new TaskQueue();
  const { logger, devices, preparer, features } = options;
  const onTry = (device: Device): void =>
    void connection.sendNotification(protocol.TRYING_DEVICE, { device });
  const onChosen = (use: DeviceUse): void =>
    void connection.sendNotification(protocol.DEVICE_CHOSEN, use);
  const slot = new ModelSlot({ devices, preparer, features }, { onTry, onChosen }, logger);
  const handle = answering(connection, logger);

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

  handle(protocol.SCORE, async ({ modelFolder, device, request, priority, token }, signal) => {
    const identity = slot.identityOf(modelFolder, device);
    if (identity !== undefined) {
      preparer.begin({ modelFolder, identity, request }, signal);
    }
    const send = (event: protocol.ScoreEvent): void =>
      void connection.sendProgress(protocol.SCORE_PROGRESS, token, event);
    const score = (): Promise<SampleScore> => {
      send({ type: 'started' });
      const onReward = (event: RewardEvent): void => send({ type: 'reward', ...event });
      return scoreOnDevice(slot, modelFolder, device, request, onReward, signal);
    };
    try {
      return await queue.enqueue(score, priority, signal);
    } finally {
      preparer.forget(request);
    }
  });

  handle(protocol.FIT_HEAD, (params, signal) => {
    const { headFeatures: blobs } = options;
    const onProgress = throttled((progress: Progress) =>
      connection.sendProgress(protocol.FIT_HEAD_PROGRESS, params.token, progress),
    );
    return fitHeadOnDevice({ slot, queue, blobs }, params, onProgress, signal);
  });

  servePublishedApi(handle, ({ modelFolder, device, priority }, signal, task) => {
    const scorer: Scorer = {
      score: (request, onReward = () => undefined, within = signal) =>
        scoreOnDevice(slot, modelFolder, device, request, onReward, within),
    };
    return queue.enqueue(() => task(scorer), priority, signal);
  });

  handle(protocol.INSPECT, (params, signal) => preparer.inspect(params, signal));

  handle(protocol.VIDEO_FRAMES, async ({ mediaRoot, path }, signal) => {
    const file = await videoFiles(mediaRoot, path);
    const { facts, jpegs } = await preparer.readThumbnails(file, signal);
    return { facts, jpegs: jpegs.map((jpeg) => Buffer.from(jpeg).toString('base64')) };
  });

  // beside the queue: these take long and need no model
  const aside = new Set<Promise<unknown>>();
  const beside = <R>(work: Promise<R>): Promise<R> => {
    aside.add(work);
    return work.finally(() => aside.delete(work));
  };

  const convert = async (
    { checkpointFolder, outFolder, precision, token }: protocol.ConvertParams,
    signal: AbortSignal,
  ): Promise<protocol.ConvertAnswer> => {
    const onProgress = throttled((progress: Progress) =>
      connection.sendProgress(protocol.CONVERT_PROGRESS, token, progress),
    );
    const { version: converter, quantiserScript } = options;
    const { manifest, ignoredTensors } = await withThreadedQuantiser(quantiserScript, (quantiser) =>
      convertCheckpoint(
        { checkpointFolder, outFolder, precision, converter, quantiser, logger },
        onProgress,
        signal,
      ),
    );
    return { model: toFacts(outFolder, manifest), ignoredTensors };
  };
  handle(protocol.CONVERT, (params, signal) => beside(convert(params, signal)));

  handle(protocol.DOWNLOAD, ({ token, accessToken, ...where }, signal) =>
    beside(
      downloadCheckpoint(
        { ...where, ...(accessToken === undefined ? {} : { token: accessToken }) },
        throttled((progress: Progress) =>
          connection.sendProgress(protocol.DOWNLOAD_PROGRESS, token, progress),
        ),
        signal,
      ),
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
      await Promise.allSettled(aside);
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
