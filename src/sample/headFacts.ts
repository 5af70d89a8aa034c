// How a score head was fitted, and what it is worth.

import type { ScoreOptions } from './scorer';
import type { Interval } from './statistics';

/** How a head is to be fitted. */
export interface LearnSettings {
  /**
   * Pull towards the published head, as a share of the mean square of the differences of features, so
   * that it means the same for every model.
   */
  readonly l2: number;
  /** parts that prompts are divided into, each of which is held out once */
  readonly folds: number;
  /** of the division */
  readonly seed: number;
}

export const DEFAULT_LEARN_SETTINGS: LearnSettings = { l2: 0.1, folds: 5, seed: 7 };

/** How a head was fitted. */
export interface HeadFitFacts {
  readonly pairs: number;
  /** different prompts */
  readonly samples: number;
  /** pull towards the published head, as a share of the mean square of the differences of features */
  readonly l2: number;
  /** the same as it stands in the loss */
  readonly strength: number;
  readonly folds: number;
  readonly seed: number;
  /** SHA-256 over the pairs, whatever their order */
  readonly dataSha256: string;
  /** settings under which the features were computed */
  readonly options: Omit<ScoreOptions, 'head'>;
}

/** What a head is worth on prompts that it has not seen. */
export interface HeldOutGain {
  readonly pairs: number;
  readonly samples: number;
  /** shares of held-out pairs put right; equal scores count half */
  readonly publishedAccuracy: number;
  readonly fittedAccuracy: number;
  /** fitted less published */
  readonly accuracyGain: number;
  readonly accuracyInterval: Interval;
  /** mean log-likelihood of a held-out pair, fitted less published; above 0 the fitted one is better */
  readonly logLikelihoodGain: number;
  readonly logLikelihoodInterval: Interval;
}

export interface HeadFacts {
  readonly fit: HeadFitFacts;
  readonly heldOut: HeldOutGain;
}
