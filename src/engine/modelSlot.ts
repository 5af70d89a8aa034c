// Holds the one model that is loaded at a time, on the device it was asked for.

import type { EncodedError } from '../base/errors';
import type { Logger } from '../base/logger';
import type { Devices } from '../model/loadOnDevice';
import { modelStamp } from '../model/modelStamp';
import type { RewardModel } from '../model/rewardModel';
import { rewardIdentity, type Device, type DeviceChoice, type DeviceUse } from '../sample/device';
import type { FeatureCache } from '../scoring/featureCache';
import { ModelScorer } from '../scoring/modelScorer';
import type { Preparer } from './preparer';

export interface LoadedModel {
  readonly folder: string;
  /** of the manifest it was loaded by: another conversion may take its place */
  readonly stamp: string;
  readonly choice: DeviceChoice;
  readonly model: RewardModel;
  readonly scorer: ModelScorer;
  readonly use: DeviceUse;
  /** model and device, `rewardIdentity` */
  readonly identity: string;
}

export interface SlotParts {
  readonly devices: Devices;
  readonly preparer: Pick<Preparer, 'prepare'>;
  readonly features: FeatureCache | undefined;
}

export interface SlotEvents {
  /** a device is about to be touched */
  onTry(device: Device): void;
  onChosen(use: DeviceUse): void;
}

/** Loads on demand; asking for another folder or device releases the model before. */
export class ModelSlot {
  #loaded: LoadedModel | undefined;

  constructor(
    readonly parts: SlotParts,
    readonly events: SlotEvents,
    readonly logger: Logger,
  ) {}

  /** Must not be called while another call is pending: the engine's queue sees to that. */
  async get(folder: string, choice: DeviceChoice): Promise<LoadedModel> {
    const stamp = await modelStamp(folder);
    const loaded = this.#loaded;
    if (loaded?.folder === folder && loaded.choice === choice && loaded.stamp === stamp) {
      return loaded;
    }
    await this.#release();
    const start = performance.now();
    const { devices, preparer, features } = this.parts;
    const { model, use } = await devices.load(folder, choice, (device) =>
      this.events.onTry(device),
    );
    const identity = rewardIdentity(model.manifest.fingerprint, use.id);
    const scorer = new ModelScorer(
      model,
      (request, signal) => preparer.prepare({ modelFolder: folder, identity, request }, signal),
      features,
    );
    this.#loaded = { folder, stamp, choice, model, scorer, use, identity };
    this.events.onChosen(use);
    this.logger.log('info', 'model loaded', {
      fingerprint: model.manifest.fingerprint,
      device: use.id,
      refused: use.refused.map(({ error }) => error.message).join('; '),
      ms: Math.round(performance.now() - start),
    });
    return this.#loaded;
  }

  /** {@link LoadedModel.identity} of what is loaded, if it is this. */
  identityOf(folder: string, choice: DeviceChoice): string | undefined {
    return this.#loaded?.folder === folder && this.#loaded.choice === choice
      ? this.#loaded.identity
      : undefined;
  }

  /**
   * The device failed on this model while it worked. With `auto` the model is loaded on the next
   * device when it is asked for again.
   * @returns whether there is another device to try
   */
  async giveUpDevice({ folder, choice, use }: LoadedModel, error: EncodedError): Promise<boolean> {
    if (choice !== 'auto' || use.device === 'cpu') {
      return false;
    }
    this.logger.log('warn', 'device given up', { device: use.device, why: error.message });
    this.parts.devices.markBroken(use.device, error, folder);
    await this.#release();
    return true;
  }

  async #release(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    loaded?.scorer.release();
    await loaded?.model.release();
  }
}
