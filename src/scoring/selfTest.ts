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
  const { ids } = model.tokenizer;
  const start = performance.now();
  const images = await encodeGrayTile(model);
  const vision = performance.now();
  const prefix: SequenceItem[] = [
    ids.bos,
    ...images.map((rows, media) => ({ media, tokens: rows.length / model.manifest.dims.hidden })),
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
  const tailRows = await model.embed(tail, images);
  const state = await model.decoder.runPrefix(await model.embed(prefix, images));
  const first = await model.decoder.scoreTail(state, tailRows);
  const decoder = performance.now();
  const second = await model.decoder.scoreTail(state, tailRows);
  const whole = await model.decoder.scoreWhole(await model.embed([...prefix, ...tail], images));
  const undividedDifference = Math.abs(first - whole);
  return {
    msVision: vision - start,
    msDecoder: decoder - vision,
    repeatable: first === second && undividedDifference <= TOLERANCE,
    undividedDifference,
  };
}

/** Decoder rows of a picture of one tile; nothing for a model that reads text only. */
async function encodeGrayTile(model: RewardModel): Promise<Float32Array[]> {
  const tile = model.manifest.dims.vision?.tile;
  if (tile === undefined) {
    return [];
  }
  const features = await model.encodeTile(new Float32Array(3 * tile * tile).fill(0.1));
  return [await model.projectImage(features, [features], [1, 1])];
}
