// Who quantises: this thread, or others.

import { quantiseBlocks, type QuantisedBlocks, type QuantiseTask } from './quantise';

export interface Quantiser {
  /** tasks that may wait for an answer at the same time */
  readonly parallel: number;
  quantise(task: QuantiseTask): Promise<QuantisedBlocks>;
}

/** Quantises where it is called. */
export const LOCAL_QUANTISER: Quantiser = {
  parallel: 1,
  quantise: async (task) => quantiseBlocks(task),
};
