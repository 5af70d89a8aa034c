// Entry of a thread that quantises slices of weights for a conversion.

import { parentPort } from 'node:worker_threads';
import { errorText } from '../base/errors';
import { quantiseBlocks, type QuantisedBlocks, type QuantiseTask } from '../model/convert/quantise';
import type { WorkerAnswer } from '../node/workerPool';

parentPort?.on('message', ({ id, task }: { readonly id: number; readonly task: QuantiseTask }) => {
  let message: WorkerAnswer<QuantisedBlocks>;
  const transfer: ArrayBuffer[] = [];
  try {
    const answer = quantiseBlocks(task);
    transfer.push(answer.codes.buffer as ArrayBuffer, answer.scales.buffer as ArrayBuffer);
    message = { id, answer };
  } catch (error) {
    message = { id, error: errorText(error) };
  }
  parentPort?.postMessage(message, transfer);
});
