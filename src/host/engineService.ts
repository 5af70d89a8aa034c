// The one engine of the window: its process, the model it is asked for, and what the top bar says.

import * as vscode from 'vscode';
import { Emitter } from '../base/emitter';
import { encodeError } from '../base/errors';
import { EngineClient, type EngineStatus } from '../client/engineClient';
import { EngineScorer } from '../client/engineScorer';
import { readManifest, type Manifest } from '../model/manifest';
import type { EngineView } from '../protocol/reviewProtocol';
import type { Scorer, ScoreRequest } from '../sample/scorer';
import { CachedScorer, RewardCache } from '../scoring/rewardCache';
import type { Log } from './log';
import { describeError } from './messages';
import { idleStopMs, modelFolder } from './settings';

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
  readonly #client: EngineClient;
  readonly #cache: RewardCache;
  readonly #bundledModel: string;
  #manifest: Promise<Manifest> | undefined;
  #model: Manifest | undefined;
  #modelFault: string | undefined;

  constructor(
    context: vscode.ExtensionContext,
    readonly log: Log,
  ) {
    const inside = (...parts: string[]): string =>
      vscode.Uri.joinPath(context.extensionUri, ...parts).fsPath;
    this.#bundledModel = inside('media', 'demo-model');
    this.#client = new EngineClient({
      script: inside('dist', 'engine.js'),
      logger: log,
      idleStopMs: idleStopMs(),
    });
    this.#cache = new RewardCache(
      vscode.Uri.joinPath(context.globalStorageUri, 'rewards.jsonl').fsPath,
      log,
    );
    this.#client.onStatus.on((status) => {
      if (status.state === 'restarting') {
        this.onRestart.fire(status.reason);
      }
      this.onChange.fire();
    });
  }

  get status(): EngineStatus {
    return this.#client.status;
  }

  /** Set for stand-ins: every reward is marked with it. */
  get label(): string | undefined {
    return this.#model?.label;
  }

  /** The manifest of the model in use. @throws AppError when the folder is not a model */
  model(): Promise<Manifest> {
    this.#manifest ??= readManifest(modelFolder(this.#bundledModel)).then(
      (manifest) => {
        this.#model = manifest;
        this.#modelFault = undefined;
        this.onChange.fire();
        return manifest;
      },
      (error: unknown) => {
        this.#modelFault = describeError(encodeError(error));
        this.onChange.fire();
        throw error;
      },
    );
    return this.#manifest;
  }

  /** Another model folder may be set now. */
  forgetModel(): void {
    this.#manifest = undefined;
    this.#model = undefined;
  }

  /** A scorer for the current model. @throws AppError `MODEL_NOT_FOUND` or `MODEL_INVALID` */
  async scorer({ priority, fresh, onRetry }: ScorerOptions): Promise<Scorer> {
    const { fingerprint } = await this.model();
    const folder = modelFolder(this.#bundledModel);
    const engine = new EngineScorer(this.#client, folder, priority, onRetry);
    return fresh === true ? engine : new CachedScorer(engine, this.#cache, fingerprint);
  }

  view(): EngineView {
    if (!vscode.workspace.isTrusted) {
      return { state: 'off', text: t('scoring is off') };
    }
    if (this.#modelFault !== undefined) {
      return { state: 'fault', text: t('no model') };
    }
    const { status } = this;
    const label = this.label;
    const model = this.#model;
    const name =
      model === undefined
        ? t('no model yet')
        : `${label === undefined ? 'IXC-2.5-Reward' : t('{0} model', label)} · ${model.precision} · CPU`;
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
      ...(label === undefined ? {} : { label }),
    };
  }

  stop(): Promise<void> {
    return this.#client.stop();
  }

  /** Process id of the running engine, for tests and reports. */
  get pid(): number | undefined {
    return this.status.state === 'ready' ? this.status.pid : undefined;
  }

  dispose(): void {
    this.#client.dispose();
    this.onChange.dispose();
    this.onRestart.dispose();
  }
}
