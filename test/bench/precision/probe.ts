// Rewards of one model in every precision, against float32.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import {
  ACCURACY_LEVELS,
  type AccuracyLevels,
  type Precision,
} from '../../../src/model/convert/storage';
import { RewardModel } from '../../../src/model/rewardModel';
import type { Sample } from '../../../src/sample/sample';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';
import { localScorer } from '../../support/localScorer';
import { seededRandom } from '../../support/random';
import { CLIP, dimsOf, writeRandomCheckpoint } from '../../support/randomCheckpoint';

interface Variant {
  readonly name: string;
  readonly precision: Precision;
  readonly levels?: AccuracyLevels;
}

const VARIANTS: readonly Variant[] = [
  { name: 'fp32', precision: 'fp32' },
  { name: 'fp16', precision: 'fp16' },
  { name: 'int8, level 0', precision: 'int8', levels: { 4: 0, 8: 0 } },
  { name: 'int8, level 4', precision: 'int8', levels: { 4: 4, 8: 4 } },
  { name: 'int4, level 0', precision: 'int4', levels: { 4: 0, 8: 0 } },
  { name: 'int4, level 4', precision: 'int4', levels: { 4: 4, 8: 4 } },
];
/** The variant of int8 that conversions write. */
export const WRITTEN_INT8 = `int8, level ${ACCURACY_LEVELS[8]}`;

const PROMPTS = 30;
const CANDIDATES = 8;

/** Prompts with a picture every third time, and answers of random words. */
function samples(images: readonly string[]): Sample[] {
  const random = seededRandom(11);
  const words =
    'red blue two three circle square left of the a is there kettle on stove yes no'.split(' ');
  const text = (length: number): string =>
    Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
  return Array.from({ length: PROMPTS }, (_, n) => ({
    id: `p${n}`,
    line: n + 1,
    messages: [{ role: 'user', content: `${text(8)}?` }],
    candidateRole: 'assistant',
    images: n % 3 === 0 && images.length > 0 ? [images[n % images.length] ?? ''] : [],
    videos: [],
    candidates: Array.from({ length: CANDIDATES }, () => ({
      text: text(3 + Math.floor(random() * 25)),
    })),
    hdNum: 1,
  }));
}

export interface Loss {
  readonly model: string;
  readonly variant: string;
  readonly correlation: number;
  /** largest |Δreward|, in standard deviations of the float32 rewards */
  readonly worst: number;
  /** the same as it is */
  readonly worstAbsolute: number;
  readonly mean: number;
  /** share of pairs with a margin of at least 0.2 standard deviations that keep their order */
  readonly agreement: number;
  readonly msPerAnswer: number;
}

async function rewardsOf(
  checkpointFolder: string,
  { precision, levels }: Variant,
  mediaRoot: string,
  images: readonly string[],
): Promise<{ rewards: number[]; ms: number }> {
  const outFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-bench-'));
  await convertCheckpoint(
    {
      checkpointFolder,
      outFolder,
      precision,
      converter: 'bench',
      quantiser: LOCAL_QUANTISER,
      ...(levels === undefined ? {} : { accuracyLevels: levels }),
    },
    () => undefined,
  );
  const model = await RewardModel.load(outFolder, { threads: 0 });
  const scorer = localScorer(model);
  const rewards: number[] = [];
  const start = performance.now();
  for (const sample of samples(images)) {
    const score = await scorer.score({ sample, mediaRoot, options: DEFAULT_SCORE_OPTIONS });
    rewards.push(...score.rewards.map((reward) => reward ?? Number.NaN));
  }
  const ms = (performance.now() - start) / rewards.length;
  await model.release();
  fs.rmSync(outFolder, { recursive: true });
  return { rewards, ms };
}

function compare(
  exact: readonly number[],
  found: readonly number[],
): Omit<Loss, 'model' | 'variant' | 'msPerAnswer'> {
  const mean = (values: readonly number[]): number =>
    values.reduce((a, b) => a + b, 0) / values.length;
  const [me, mf] = [mean(exact), mean(found)];
  const moment = (a: readonly number[], ma: number, b: readonly number[], mb: number): number =>
    mean(a.map((x, i) => (x - ma) * ((b[i] ?? 0) - mb)));
  const deviation = Math.sqrt(moment(exact, me, exact, me));
  const differences = exact.map((x, i) => Math.abs(x - (found[i] ?? Number.NaN)));
  let [pairs, kept] = [0, 0];
  for (let from = 0; from < exact.length; from += CANDIDATES) {
    for (let a = from; a < from + CANDIDATES; a += 1) {
      for (let b = a + 1; b < from + CANDIDATES; b += 1) {
        const margin = (exact[a] ?? 0) - (exact[b] ?? 0);
        if (Math.abs(margin) >= 0.2 * deviation) {
          pairs += 1;
          kept += Math.sign((found[a] ?? 0) - (found[b] ?? 0)) === Math.sign(margin) ? 1 : 0;
        }
      }
    }
  }
  return {
    correlation:
      moment(exact, me, found, mf) / (deviation * Math.sqrt(moment(found, mf, found, mf))),
    worst: Math.max(...differences) / deviation,
    worstAbsolute: Math.max(...differences),
    mean: mean(differences) / deviation,
    agreement: kept / pairs,
  };
}

/** @param golden folder of golden data; left out when it is absent */
export async function measure(root: string, golden: string): Promise<Loss[]> {
  const tokenizer = path.join(root, 'test/fixtures/tiny-checkpoint/tokenizer.model');
  const wide = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-wide-'));
  const vision = { ...CLIP, hidden: 256, layers: 4, heads: 4, mlp: 1024 };
  const shape = { hidden: 1024, layers: 8, heads: 16, kvHeads: 4, headDim: 64, mlp: 2816 };
  const dims = dimsOf({
    ...shape,
    vocab: 1024,
    loraRank: 64,
    vision,
  });
  writeRandomCheckpoint(wide, dims, 'F32', tokenizer);
  const models = [{ name: 'random, 1024 wide, 8 layers', folder: wide }];
  if (fs.existsSync(golden)) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-golden-'));
    fs.cpSync(path.join(golden, 'model'), folder, { recursive: true });
    fs.copyFileSync(
      path.join(golden, 'tokenizer/tokenizer.model'),
      path.join(folder, 'tokenizer.model'),
    );
    models.push({ name: 'golden, 64 wide, 2 layers', folder });
  }
  const media = path.join(root, 'test/fixtures/samples');
  const images = ['img/shapes.png', 'img/kettle.png', 'img/sign.png'];
  const losses: Loss[] = [];
  for (const { name, folder } of models) {
    let exact: number[] = [];
    for (const variant of VARIANTS) {
      const { rewards, ms } = await rewardsOf(folder, variant, media, images);
      exact = variant.name === 'fp32' ? rewards : exact;
      losses.push({
        model: name,
        variant: variant.name,
        ...compare(exact, rewards),
        msPerAnswer: ms,
      });
    }
    fs.rmSync(folder, { recursive: true });
  }
  return losses;
}
