// Speed and correctness of a GPU: layers of the 7B width with random weights.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import type { DecoderRows } from '../../../src/model/decoderRows';
import { testDevice, touchDevice, type Trial } from '../../../src/model/deviceTest';
import { FUSED } from '../../../src/model/graphVariant';
import { readManifest } from '../../../src/model/manifest';
import { measureNoiseFloor } from '../../../src/model/noiseFloor';
import { openSession } from '../../../src/model/ortRuntime';
import { RewardModel } from '../../../src/model/rewardModel';
import { releasePrefix } from '../../../src/model/tailScorer';
import type { Device } from '../../../src/sample/device';
import { CLIP, dimsOf, writeRandomCheckpoint } from '../../support/randomCheckpoint';
import { seededRandom } from '../../support/random';
import { passFlops } from '../sharing/matrixRate';
import { matrixGflops, memoryGbps } from './deviceRates';

const LAYERS = 4;
const PREFIX_ROWS = 2048;
const TAIL_ROWS = 256;
const TAILS = 8;
const REPEATS = 5;
const PRECISIONS = ['fp16', 'int4'] as const;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

export interface DeviceSpeed {
  readonly precision: (typeof PRECISIONS)[number];
  readonly trials: readonly Trial[];
  readonly loadSeconds: number;
  /** of this process until the model is loaded, conversion counted in */
  readonly peakMb: number;
  /** first run: shaders are compiled, weights brought over */
  readonly firstSeconds: number;
  readonly prefixSeconds: number;
  readonly tailsSeconds: number;
  readonly prefixTokensPerSecond: number;
  readonly tailTokensPerSecond: number;
  readonly passGflops: number;
  readonly noiseFloor: number;
  /** largest difference of a reward to the CPU's, and the spread of the CPU's rewards */
  readonly worstDifference: number;
  readonly rewardSpread: number;
}

export interface DeviceReport {
  readonly device: Device;
  readonly layers: number;
  readonly matrix: {
    readonly fp32Gflops: number;
    readonly gemmGflops: number;
    readonly turnedGflops: number;
    readonly fp16Gflops: number;
  };
  readonly memoryGbps: number;
  readonly speeds: readonly DeviceSpeed[];
}

function randomRows(hidden: number, length: number, seed: number): DecoderRows {
  const random = seededRandom(seed);
  return {
    embeds: Float32Array.from({ length: length * hidden }, () => random() - 0.5),
    length,
    imageRuns: length > 1024 ? [[16, 1024]] : [],
  };
}

async function rewardsOf(
  { decoder }: RewardModel,
  prefix: DecoderRows,
  tails: readonly DecoderRows[],
): Promise<number[]> {
  const state = await decoder.runPrefix(prefix);
  try {
    return await decoder.scoreTails(state, tails);
  } finally {
    releasePrefix(state);
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function measureSpeed(
  folder: string,
  device: Device,
  precision: DeviceSpeed['precision'],
): Promise<DeviceSpeed> {
  const manifest = await readManifest(folder);
  const { dims } = manifest;
  const { variants, trials } = await testDevice(folder, manifest, device, 0, openSession);
  const prefix = randomRows(dims.hidden, PREFIX_ROWS, 1);
  const tails = Array.from({ length: TAILS }, (_, n) =>
    randomRows(dims.hidden, TAIL_ROWS - (n % 8), 2 + n),
  );
  const beforeLoad = performance.now();
  const model = await RewardModel.load(folder, { threads: 0, device }, variants);
  const loadSeconds = (performance.now() - beforeLoad) / 1000;
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  let rewards: readonly number[] = [];
  const times: { prefix: number[]; all: number[] } = { prefix: [], all: [] };
  let firstSeconds: number;
  let noiseFloor: number;
  try {
    firstSeconds = await secondsOf(async () => {
      rewards = await rewardsOf(model, prefix, tails);
    });
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      // a device works on after a run whose outputs stay there: only a reward says that it is done
      times.prefix.push(await secondsOf(() => model.decoder.scoreWhole(prefix)));
      let again: readonly number[] = [];
      times.all.push(
        await secondsOf(async () => {
          again = await rewardsOf(model, prefix, tails);
        }),
      );
      if (again.some((reward, n) => reward !== rewards[n])) {
        throw new Error(`rewards of two equal runs differ: ${device}, ${precision}`);
      }
    }
    noiseFloor = await measureNoiseFloor(model);
  } finally {
    await model.release();
  }
  const reference = await RewardModel.load(folder, { threads: 0 }, FUSED);
  const expected = await rewardsOf(reference, prefix, tails).finally(() => reference.release());
  const prefixSeconds = median(times.prefix);
  const allSeconds = median(times.all);
  const tailsSeconds = allSeconds - prefixSeconds;
  const tailTokens = tails.reduce((sum, { length }) => sum + length, 0);
  const flops =
    tails.reduce((sum, { length }) => sum + passFlops(dims, PREFIX_ROWS + length), 0) -
    (TAILS - 1) * passFlops(dims, PREFIX_ROWS);
  return {
    precision,
    trials,
    loadSeconds,
    peakMb,
    firstSeconds,
    prefixSeconds,
    tailsSeconds,
    prefixTokensPerSecond: PREFIX_ROWS / prefixSeconds,
    tailTokensPerSecond: tailTokens / tailsSeconds,
    passGflops: flops / allSeconds / 1e9,
    noiseFloor,
    worstDifference: Math.max(
      ...expected.map((reward, n) => Math.abs(reward - (rewards[n] ?? Number.NaN))),
    ),
    rewardSpread: Math.max(...expected) - Math.min(...expected),
  };
}

/** @param root of the repository @throws AppError when the device is not there or computes wrongly */
export async function measure(root: string, device: Device): Promise<DeviceReport> {
  await touchDevice(device, openSession);
  const matrix = {
    fp32Gflops: await matrixGflops(device, 'fp32', 'MatMul'),
    gemmGflops: await matrixGflops(device, 'fp32', 'Gemm'),
    turnedGflops: await matrixGflops(device, 'fp32', 'turned Gemm'),
    fp16Gflops: await matrixGflops(device, 'fp16', 'MatMul'),
  };
  const traffic = await memoryGbps(device);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-device-'));
  try {
    const checkpointFolder = path.join(folder, 'checkpoint');
    const tokenizer = path.join(root, 'test/fixtures/tiny-checkpoint/tokenizer.model');
    const vision = { ...CLIP, hidden: 64, layers: 1, heads: 1, mlp: 64 };
    const dims = dimsOf({ layers: LAYERS, vocab: 1024, vision });
    writeRandomCheckpoint(checkpointFolder, dims, 'BF16', tokenizer);
    const speeds: DeviceSpeed[] = [];
    for (const precision of PRECISIONS) {
      const outFolder = path.join(folder, precision);
      await convertCheckpoint(
        { checkpointFolder, outFolder, precision, converter: 'bench', quantiser: LOCAL_QUANTISER },
        () => undefined,
      );
      speeds.push(await measureSpeed(outFolder, device, precision));
      console.error(JSON.stringify(speeds.at(-1)));
    }
    return { device, layers: LAYERS, matrix, memoryGbps: traffic, speeds };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
