// Holds the one model that is loaded at a time.

import { RewardModel } from '../model/rewardModel';
import type { Logger } from '../base/logger';

/** Loads on demand; asking for another folder releases the model before. */
export class ModelSlot {
  #folder = '';
  #model: RewardModel | undefined;

  constructor(
    readonly threads: number,
    readonly logger: Logger,
  ) {}

  /** Must not be called while another call is pending: the engine's queue sees to that. */
  async get(folder: string): Promise<RewardModel> {
    if (this.#model !== undefined && this.#folder === folder) {
      return this.#model;
    }
    await this.#model?.release();
    this.#model = undefined;
    const start = performance.now();
    this.#model = await RewardModel.load(folder, { threads: this.threads });
    this.#folder = folder;
    this.logger.log('info', 'model loaded', {
      fingerprint: this.#model.manifest.fingerprint,
      ms: Math.round(performance.now() - start),
    });
    return this.#model;
  }
}
