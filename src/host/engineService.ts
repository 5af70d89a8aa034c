// The one engine of the window: its process, the model it is asked for, and what the top bar says.

import * as vscode from 'vscode';
import { Emitter } from '../base/emitter';
import { encodeError } from '../base/errors';
import { EngineClient, REPEATABLE, type EngineStatus } from '../client/engineClient';
import { EngineScorer, PRIORITY } from '../client/engineScorer';
import { readManifest, type Manifest } from '../model/manifest';
import { modelStamp } from '../model/modelStamp';
import type { Progress } from '../base/progress';
import { randomId } from '../node/hash';
import {
  CONVERT,
  CONVERT_PROGRESS,
  DOWNLOAD,
  DOWNLOAD_PROGRESS,
  FIT_HEAD,
  FIT_HEAD_PROGRESS,
  type ConvertAnswer,
  type ConvertParams,
  type DownloadAnswer,
  type DownloadParams,
  type FitHeadAnswer,
  type FitHeadParams,
  VIDEO_FRAMES,
  type VideoFramesAnswer,
  type VideoFramesParams,
} from '../protocol/engineProtocol';
import type { EngineView } from '../protocol/reviewProtocol';
import { DEVICE_NAMES, usesPlainAttention, type DeviceUse } from '../sample/device';
import type { SampleScore } from '../sample/reward';
import type { Scorer, ScoreRequest } from '../sample/scorer';
import { CachedScorer } from '../scoring/cachedScorer';
import { MeasuredScorer, ScoringRates } from '../scoring/explain/cost';
import { HeadedScorer, withHead } from '../scoring/headedScorer';
import { RewardCache } from '../scoring/rewardCache';
import { DeviceMemory } from './deviceMemory';
import { headDetail, HeadInUse, headName } from './headInUse';
import type { Log } from './log';
import { describeError, sentence } from './messages';
import { VideoFallback } from './videoFallback';
import { deviceChoice, engineEnvironment, idleStopMs, modelFolder } from './settings';

const { t } = vscode.l10n;

export interface ScorerOptions {
  readonly priority: number;
  /** compute even what is known */
  readonly fresh?: boolean;
  /** the engine died on this sample and it is sent again */
  readonly onRetry?: (request: ScoreRequest) => void;
}

export class EngineService implements vscode.Disposable {
  /** the text of the top bar may have changed */
  readonly onChange = new Emitter<void>();
  /** the engine ended unasked while it worked */
  readonly onRestart = new Emitter<string>();
  /** another model or head lies where the one in use was: its rewards are void */
  readonly onReplaced = new Emitter<void>();
  readonly devices: DeviceMemory;
  /** where there is no ffmpeg */
  readonly fallback: VideoFallback;
  /** how fast the current model computed last */
  readonly rates = new ScoringRates();
  readonly #client: EngineClient;
  readonly #head = new HeadInUse();
  readonly #cache: RewardCache;
  readonly #bundledModel: string;
  readonly #trust: vscode.Disposable;
  #manifest: Promise<Manifest> | undefined;
  #stamp = '';
  #model: Manifest | undefined;
  #modelFault: string | undefined;
  #noiseFloor = 0;
  #batch: { readonly done: number; readonly total: number } | undefined;

  constructor(
    context: vscode.ExtensionContext,
    readonly log: Log,
  ) {
    const inside = (...parts: string[]): string =>
      vscode.Uri.joinPath(context.extensionUri, ...parts).fsPath;
    this.#bundledModel = inside('media', 'demo-model');
    const frames = vscode.Uri.joinPath(context.globalStorageUri, 'video-frames').fsPath;
    this.fallback = new VideoFallback(frames, log);
    this.#client = new EngineClient({
      script: inside('dist', 'engine.js'),
      logger: log,
      idleStopMs: idleStopMs(),
      env: () => ({ ...engineEnvironment(), REWARDLENS_STORED_FRAMES: frames }),
    });
    const stored = (name: string): string =>
      vscode.Uri.joinPath(context.globalStorageUri, name).fsPath;
    this.#cache = new RewardCache(stored('rewards.jsonl'), log);
    this.devices = new DeviceMemory(stored('devices.json'), log);
    this.#client.onDevice.on((use) => void this.#settleDevice(use));
    this.#client.onStatus.on((status) => {
      if (status.state === 'restarting') {
        this.onRestart.fire(status.reason);
      }
      this.onChange.fire();
    });
    this.#head.onChange.on(() => this.onChange.fire());
    this.#head.onReplaced.on(() => this.onReplaced.fire());
    this.#trust = vscode.workspace.onDidGrantWorkspaceTrust(() => this.onChange.fire());
  }

  get status(): EngineStatus {
    return this.#client.status;
  }

  /** Margins below this are noise of the device that computes. */
  get noiseFloor(): number {
    return this.#noiseFloor;
  }

  /** Set for stand-ins: every reward is marked with it. */
  get label(): string | undefined {
    return this.#model?.label;
  }

  /**
   * The manifest of the model in use, read again when another model was put into the folder.
   * @throws AppError when the folder is not a model
   */
  async model(): Promise<Manifest> {
    const folder = modelFolder(this.#bundledModel);
    const stamp = `${folder}\0${await modelStamp(folder)}`;
    if (this.#manifest !== undefined && this.#stamp !== stamp) {
      this.forgetModel();
      this.onReplaced.fire();
    }
    this.#stamp = stamp;
    this.#manifest ??= readManifest(folder).then(
      async (manifest) => {
        this.#noiseFloor = await this.devices.noiseFloor(manifest.fingerprint, deviceChoice());
        this.#model = manifest;
        this.#modelFault = undefined;
        this.onChange.fire();
        return manifest;
      },
      (error: unknown) => {
        this.#manifest = undefined; // the next time may be better
        this.#modelFault = describeError(encodeError(error));
        this.onChange.fire();
        throw error;
      },
    );
    return this.#manifest;
  }

  /** How far a run over a whole dataset is; `undefined` when there is none. */
  showBatch(batch: { readonly done: number; readonly total: number } | undefined): void {
    this.#batch = batch;
    this.onChange.fire();
  }

  /** Another model folder may be set now. */
  forgetModel(): void {
    this.#manifest = undefined;
    this.#model = undefined;
    this.#noiseFloor = 0;
    this.devices.forget();
    this.rates.forget();
  }

  /** Another score head may be set now. */
  forgetHead(): void {
    this.#head.forget();
    this.onChange.fire();
  }

  async #settleDevice(use: DeviceUse): Promise<void> {
    for (const { error } of use.refused) {
      this.log.log('info', `device not used: ${error.message}`);
    }
    const { fingerprint } = await this.model();
    await this.devices.settle(fingerprint, deviceChoice(), use);
    this.#noiseFloor = use.noiseFloor ?? 0;
    this.onChange.fire();
  }

  /**
   * A scorer for the current model under the head that is set.
   * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID` or `HEAD_INVALID`
   */
  async scorer({ priority, fresh, onRetry }: ScorerOptions): Promise<HeadedScorer> {
    const { fingerprint } = await this.model();
    const head = await this.#head.head(fingerprint);
    const folder = modelFolder(this.#bundledModel);
    const choice = deviceChoice();
    const engine = new MeasuredScorer(
      new EngineScorer(this.#client, folder, choice, priority, onRetry),
      this.rates,
    );
    const inner = fresh === true ? engine : this.#cached(engine, fingerprint);
    return new HeadedScorer(inner, fingerprint, head, () => this.devices.id(fingerprint, choice));
  }

  #cached(engine: Scorer, fingerprint: string): CachedScorer {
    const choice = deviceChoice();
    return new CachedScorer(engine, this.#cache, fingerprint, () =>
      this.devices.id(fingerprint, choice),
    );
  }

  /**
   * The score of a sample whose rewards were all computed before, perhaps in another window, by the
   * current model on the current device; `undefined` otherwise. Starts no engine.
   * @throws AppError as {@link scorer} does
   */
  async knownScore(request: ScoreRequest): Promise<SampleScore | undefined> {
    const { fingerprint } = await this.model();
    const head = await this.#head.head(fingerprint);
    const engine = new EngineScorer(
      this.#client,
      modelFolder(this.#bundledModel),
      deviceChoice(),
      PRIORITY.batch,
    );
    return this.#cached(engine, fingerprint).known(withHead(request, head));
  }

  /** The frames of a video that the model sees. @throws AppError with a MEDIA_ or ENGINE_ code */
  videoFrames(params: VideoFramesParams): Promise<VideoFramesAnswer> {
    return this.#client.call({ type: VIDEO_FRAMES, params });
  }

  view(): EngineView {
    if (!vscode.workspace.isTrusted) {
      return { state: 'off', text: t('scoring is off') };
    }
    if (this.#modelFault !== undefined) {
      return { state: 'fault', text: t('no model') };
    }
    const head = this.#head.state;
    if (head.type === 'fault') {
      return { state: 'fault', text: t('head not usable'), detail: head.text };
    }
    const { status } = this;
    const label = this.label;
    const model = this.#model;
    const name =
      model === undefined
        ? t('no model yet')
        : [
            label === undefined ? 'IXC-2.5-Reward' : t('{0} model', label),
            model.precision,
            ...this.#deviceName(),
            ...headName(head),
          ].join(' · ');
    const detail =
      status.state === 'failed'
        ? sentence(status.reason)
        : [...this.#deviceDetail(), ...headDetail(head)].join('\n');
    return {
      state:
        status.state === 'ready'
          ? status.busy
            ? 'busy'
            : 'ready'
          : status.state === 'restarting'
            ? 'starting'
            : status.state === 'failed'
              ? 'fault'
              : status.state,
      text: status.state === 'failed' ? t('engine failed') : name,
      ...(this.#batch === undefined
        ? {}
        : { batch: t('scoring {0} of {1}', this.#batch.done, this.#batch.total) }),
      ...(label === undefined ? {} : { label }),
      ...(this.#noiseFloor === 0 ? {} : { noiseFloor: this.#noiseFloor }),
      ...(detail === '' ? {} : { detail }),
    };
  }

  #deviceName(): readonly string[] {
    const choice = deviceChoice();
    const device = this.devices.use?.device ?? (choice === 'auto' ? undefined : choice);
    return device === undefined ? [] : [DEVICE_NAMES[device]];
  }

  /** Where it computes and why not elsewhere; empty until that is settled. */
  #deviceDetail(): readonly string[] {
    const { use } = this.devices;
    if (use === undefined) {
      return [];
    }
    const name = DEVICE_NAMES[use.device];
    return [
      usesPlainAttention(use)
        ? t('Computes on {0} with plain attention: faster forms failed the self-test.', name)
        : t('Computes on {0}.', name),
      ...use.refused.map(({ error }) => t('Not used: {0}', error.message)),
    ];
  }

  stop(): Promise<void> {
    return this.#client.stop();
  }

  /** Turns a checkpoint into a model folder. */
  convert(
    params: Omit<ConvertParams, 'token'>,
    onValue: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<ConvertAnswer> {
    const token = randomId();
    return this.#client.call({
      type: CONVERT,
      params: { ...params, token },
      progress: { type: CONVERT_PROGRESS, token, onValue },
      retry: REPEATABLE, // finished tensors are not redone
      signal,
    });
  }

  /** Fits a score head for the current model to people's pairs. */
  async fitHead(
    work: Pick<FitHeadParams, 'prompts' | 'settings'>,
    onValue: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<FitHeadAnswer> {
    await this.model();
    const token = randomId();
    const folder = modelFolder(this.#bundledModel);
    return this.#client.call({
      type: FIT_HEAD,
      params: { ...work, modelFolder: folder, device: deviceChoice(), token },
      progress: { type: FIT_HEAD_PROGRESS, token, onValue },
      retry: REPEATABLE, // features that are known are not computed again
      signal,
    });
  }

  /** Fetches a checkpoint from the hub. */
  download(
    params: Omit<DownloadParams, 'token'>,
    onValue: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<DownloadAnswer> {
    const token = randomId();
    return this.#client.call({
      type: DOWNLOAD,
      params: { ...params, token },
      progress: { type: DOWNLOAD_PROGRESS, token, onValue },
      retry: REPEATABLE, // what is there is not fetched again
      signal,
    });
  }

  /** Process id of the running engine, for tests and reports. */
  get pid(): number | undefined {
    return this.status.state === 'ready' ? this.status.pid : undefined;
  }

  dispose(): void {
    this.#trust.dispose();
    this.#client.dispose();
    this.devices.dispose();
    this.#head.dispose();
    this.onChange.dispose();
    this.onRestart.dispose();
    this.onReplaced.dispose();
  }
}
