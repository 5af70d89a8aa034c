// A timed run of the whole way from pixels and tokens to a reward.

import type { RewardModel } from '../model/rewardModel';
import type { SequenceItem } from '../model/tokenSequence';

export interface SelfTestResult {
  readonly msVision: number;
  readonly msDecoder: number;
  readonly repeatable: boolean;
  readonly undividedDifference: number;
}

/** A difference between divided and undivided scoring beyond this is a fault, not rounding. */
const TOLERANCE = 1e-4;

/** Runs one grey tile and a short conversation: twice divided, once undivided. */
export async function selfTest(model: RewardModel): Promise<SelfTestResult> {
  const { tile } = model.manifest.dims.vision;
  const { ids } = model.tokenizer;
  const start = performance.now();
  const features = await model.encodeTile(new Float32Array(3 * tile * tile).fill(0.1));
  const image = await model.projectImage(features, [features], [1, 1]);
  const vision = performance.now();
  const tokens = image.length / model.manifest.dims.hidden;
  const prefix: SequenceItem[] = [
    ids.bos,
    { media: 0, tokens },
    ids.turnStart,
    ...model.tokenizer.encode('user\nWhat is in the picture?', 'plain'),
    ids.turnEnd,
    ids.turnStart,
  ];
  const tail: SequenceItem[] = [
    ...model.tokenizer.encode('assistant\nNothing.', 'plain'),
    ids.turnEnd,
    ids.eos,
    ids.reward,
  ];
  const tailRows = await model.embed(tail, [image]);
  const state = await model.decoder.runPrefix(await model.embed(prefix, [image]));
  const first = await model.decoder.scoreTail(state, tailRows);
  const decoder = performance.now();
  const second = await model.decoder.scoreTail(state, tailRows);
  const whole = await model.decoder.scoreWhole(await model.embed([...prefix, ...tail], [image]));
  const undividedDifference = Math.abs(first - whole);
  return {
    msVision: vision - start,
    msDecoder: decoder - vision,
    repeatable: first === second && undividedDifference <= TOLERANCE,
    undividedDifference,
  };
}
