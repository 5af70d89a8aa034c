// A score head that stands in for the one a model comes with.

import { AppError } from '../base/errors';

/** One weight for each feature that the model has at the position of the reward. */
export interface ScoreHead {
  /** names model and weights: rewards of different heads never mix */
  readonly id: string;
  /** fingerprint of the model whose features it multiplies */
  readonly model: string;
  /** float32, little-endian, in base64 */
  readonly weights: string;
}

/** @throws AppError `HEAD_INVALID` when the head was fitted to another model */
export function requireHeadOf(head: ScoreHead, fingerprint: string): void {
  if (head.model !== fingerprint) {
    throw new AppError(
      'HEAD_INVALID',
      `the head belongs to the model ${head.model}, not to ${fingerprint}`,
    );
  }
}
