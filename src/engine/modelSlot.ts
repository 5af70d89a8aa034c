// Holds the one model that is loaded at a time, on the device it was asked for.

import type { EncodedError } from '../base/errors';
import type { Logger } from '../base/logger';
import type { Devices } from '../model/loadOnDevice';
import type { RewardModel } from '../model/rewardModel';
import type { Device, DeviceChoice, DeviceUse } from '../sample/device';

export interface LoadedModel {
  readonly folder: string;
  readonly choice: DeviceChoice;
  readonly model: RewardModel;
  readonly use: DeviceUse;
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
    readonly devices: Devices,
    readonly events: SlotEvents,
    readonly logger: Logger,
  ) {}

  /** Must not be called while another call is pending: the engine's queue sees to that. */
  async get(folder: string, choice: DeviceChoice): Promise<LoadedModel> {
    if (this.#loaded?.folder === folder && this.#loaded.choice === choice) {
      return this.#loaded;
    }
    await this.#release();
    const start = performance.now();
    const { model, use } = await this.devices.load(folder, choice, (device) =>
      this.events.onTry(device),
    );
    this.#loaded = { folder, choice, model, use };
    this.events.onChosen(use);
    this.logger.log('info', 'model loaded', {
      fingerprint: model.manifest.fingerprint,
      device: use.id,
      refused: use.refused.map(({ error }) => error.message).join('; '),
      ms: Math.round(performance.now() - start),
    });
    return this.#loaded;
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
    this.devices.markBroken(use.device, error, folder);
    await this.#release();
    return true;
  }

  async #release(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    await loaded?.model.release();
  }
}
