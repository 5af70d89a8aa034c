// One set of session options in a process of its own: time of a pass and of a tail, and memory.

import fs from 'node:fs';
import * as ort from 'onnxruntime-node';
import type { DecoderRows } from '../../../src/model/decoderRows';
import { FUSED } from '../../../src/model/graphVariant';
import type { OpenSession } from '../../../src/model/ortRuntime';
import { RewardModel } from '../../../src/model/rewardModel';
import { releasePrefix } from '../../../src/model/tailScorer';
import { seededRandom } from '../../support/random';

const PREFIX_ROWS = 1024;
const TAIL_ROWS = 64;
const REPEATS = 7;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function residentBytes(field: string): number {
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
}

/** Opens sessions with the options under test. */
function openWith(options: ort.InferenceSession.SessionOptions): OpenSession {
  return async (source) => {
    const session = await (typeof source === 'string'
      ? ort.InferenceSession.create(source, options)
      : ort.InferenceSession.create(source.bytes, options));
    return {
      release: () => session.release(),
      run: (feeds, fetches) => session.run(feeds, fetches),
    };
  };
}

export async function measure(
  modelFolder: string,
  options: ort.InferenceSession.SessionOptions,
): Promise<{ msPass: number; msTail: number; loadedBytes: number; peakBytes: number }> {
  const model = await RewardModel.load(modelFolder, { threads: 0 }, FUSED, openWith(options));
  const loadedBytes = residentBytes('VmRSS');
  const random = seededRandom(5);
  const rows = (length: number): DecoderRows => ({
    embeds: Float32Array.from(
      { length: length * model.manifest.dims.hidden },
      () => random() - 0.5,
    ),
    length,
    imageRuns: [],
  });
  const [whole, prefix, tail] = [rows(PREFIX_ROWS + TAIL_ROWS), rows(PREFIX_ROWS), rows(TAIL_ROWS)];
  const passes: number[] = [];
  const tails: number[] = [];
  const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await work();
    into.push(performance.now() - start);
  };
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    await timed(passes, () => model.decoder.scoreWhole(whole));
    const state = await model.decoder.runPrefix(prefix);
    await timed(tails, () => model.decoder.scoreTail(state, tail));
    releasePrefix(state);
  }
  const peakBytes = residentBytes('VmHWM');
  await model.release();
  return { msPass: median(passes), msTail: median(tails), loadedBytes, peakBytes };
}
