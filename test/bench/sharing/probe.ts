// Candidates that share their prefix against candidates scored one by one, through the same runtime.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import type { DecoderRows } from '../../../src/model/decoderRows';
import { FUSED } from '../../../src/model/graphVariant';
import { openSession, type OpenSession } from '../../../src/model/ortRuntime';
import { RewardModel } from '../../../src/model/rewardModel';
import { releasePrefix } from '../../../src/model/tailScorer';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';
import type { Sample } from '../../../src/sample/sample';
import { localScorer } from '../../support/localScorer';
import { seededRandom } from '../../support/random';
import { writeBench } from '../support/checkpoints';
import { matrixRate, passFlops } from './matrixRate';

const PREFIX_ROWS = 1024;
const TAIL_ROWS = 64;
const COUNTS = [1, 4, 16, 32];
const REPEATS = 5;
/** A round of many candidates takes as long as many of few. */
const REPEATS_OF_MANY = 3;
const MANY = 16;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A session that counts the time it spends inside the runtime. */
function meteredOpen(meter: { ms: number }): OpenSession {
  return async (source, options) => {
    const session = await openSession(source, options);
    return {
      release: () => session.release(),
      run: async (feeds, fetches) => {
        const start = performance.now();
        try {
          return await session.run(feeds, fetches);
        } finally {
          meter.ms += performance.now() - start;
        }
      },
    };
  };
}

async function withModel<T>(
  root: string,
  use: (model: RewardModel, meter: { ms: number }) => Promise<T>,
): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-sharing-'));
  try {
    const checkpointFolder = path.join(folder, 'checkpoint');
    const outFolder = path.join(folder, 'model');
    writeBench(root, checkpointFolder);
    await convertCheckpoint(
      {
        checkpointFolder,
        outFolder,
        precision: 'fp32',
        converter: 'bench',
        quantiser: LOCAL_QUANTISER,
      },
      () => undefined,
    );
    const meter = { ms: 0 };
    const model = await RewardModel.load(outFolder, { threads: 0 }, FUSED, meteredOpen(meter));
    try {
      return await use(model, meter);
    } finally {
      await model.release();
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export interface Sharing {
  readonly candidates: number;
  readonly msShared: number;
  readonly msOneByOne: number;
  readonly speedUp: number;
  /** by tokens: nothing can be faster */
  readonly limit: number;
}

/** Decoder alone, rows at hand: interleaved, medians. */
async function measureSharing(model: RewardModel): Promise<Sharing[]> {
  const random = seededRandom(5);
  const { hidden } = model.manifest.dims;
  const rowsOf = (length: number): DecoderRows => ({
    embeds: Float32Array.from({ length: length * hidden }, () => random() - 0.5),
    length,
    imageRuns: [],
  });
  const prefix = rowsOf(PREFIX_ROWS);
  const joined = (tail: DecoderRows): DecoderRows => {
    const embeds = new Float32Array(prefix.embeds.length + tail.embeds.length);
    embeds.set(prefix.embeds);
    embeds.set(tail.embeds, prefix.embeds.length);
    return { embeds, length: prefix.length + tail.length, imageRuns: [] };
  };
  const tails = Array.from({ length: Math.max(...COUNTS) }, (_, n) => rowsOf(TAIL_ROWS - (n % 8)));
  const wholes = tails.map(joined);
  const { decoder } = model;
  const oneByOne = async (count: number): Promise<number[]> => {
    const rewards: number[] = [];
    for (const whole of wholes.slice(0, count)) {
      rewards.push(await decoder.scoreWhole(whole));
    }
    return rewards;
  };
  const shared = async (count: number): Promise<number[]> => {
    const state = await decoder.runPrefix(prefix);
    const rewards = await decoder.scoreTails(state, tails.slice(0, count));
    releasePrefix(state);
    return rewards;
  };
  const first = await oneByOne(2);
  const again = await shared(2);
  if (first.some((reward, n) => reward !== again[n])) {
    throw new Error(`rewards differ: ${first.join(', ')} and ${again.join(', ')}`);
  }
  const results: Sharing[] = [];
  for (const candidates of COUNTS) {
    const times: { shared: number[]; apart: number[] } = { shared: [], apart: [] };
    const repeats = candidates < MANY ? REPEATS : REPEATS_OF_MANY;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      times.shared.push(await timed(() => shared(candidates)));
      times.apart.push(await timed(() => oneByOne(candidates)));
    }
    const tailRows = tails.slice(0, candidates).reduce((sum, tail) => sum + tail.length, 0);
    const [msShared, msOneByOne] = [median(times.shared), median(times.apart)];
    results.push({
      candidates,
      msShared,
      msOneByOne,
      speedUp: msOneByOne / msShared,
      limit: (candidates * PREFIX_ROWS + tailRows) / (PREFIX_ROWS + tailRows),
    });
  }
  return results;
}

/** A sample of text whose prefix and tails have the stated lengths, near enough. */
function sampleOf(model: RewardModel, candidates: number, seed: number): Sample {
  const random = seededRandom(seed);
  const words = ['red', 'blue', 'circle', 'square', 'left', 'of', 'the', 'two', 'is', 'a'];
  const text = (tokens: number): string => {
    let written = '';
    while (model.tokenizer.encode(written, 'plain').length < tokens) {
      written += `${words[Math.floor(random() * words.length)] ?? ''} `;
    }
    return written;
  };
  return {
    id: 'bench',
    line: 1,
    messages: [{ role: 'user', content: text(PREFIX_ROWS - 12) }],
    candidateRole: 'assistant',
    images: [],
    videos: [],
    candidates: Array.from({ length: candidates }, () => ({ text: text(TAIL_ROWS - 10) })),
  };
}

export interface Overhead {
  /** of a run with 16 candidates, from the sample as text to its rewards */
  readonly msRun: number;
  readonly share: number;
}

/** What a run spends outside the runtime: layout, tokens, embeddings, keys, bookkeeping. */
async function measureOverhead(model: RewardModel, meter: { ms: number }): Promise<Overhead> {
  const runs: Overhead[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const sample = sampleOf(model, 16, repeat);
    const scorer = localScorer(model);
    meter.ms = 0;
    const msRun = await timed(() =>
      scorer.score({ sample, mediaRoot: '.', options: DEFAULT_SCORE_OPTIONS }),
    );
    runs.push({ msRun, share: (msRun - meter.ms) / msRun });
    scorer.release();
  }
  return { msRun: median(runs.map(({ msRun }) => msRun)), share: median(runs.map((r) => r.share)) };
}

export interface Edit {
  readonly msFull: number;
  readonly msEdit: number;
  /** of the full pass of one candidate */
  readonly share: number;
  /** tail / (prefix + tail) */
  readonly tailShare: number;
}

/** One candidate is edited after a first run: its tail alone is computed. */
async function measureEdit(model: RewardModel): Promise<Edit> {
  const scorer = localScorer(model);
  const full: number[] = [];
  const edits: number[] = [];
  let tailShare = 0;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const sample = sampleOf(model, 1, 100 + repeat);
    const edited = { ...sample, candidates: sampleOf(model, 1, 200 + repeat).candidates };
    const score = (of: Sample): Promise<unknown> =>
      scorer.score({ sample: of, mediaRoot: '.', options: DEFAULT_SCORE_OPTIONS });
    full.push(await timed(() => score(sample)));
    edits.push(await timed(() => score(edited)));
    const { tokens } = await scorer.score({
      sample: edited,
      mediaRoot: '.',
      options: DEFAULT_SCORE_OPTIONS,
    });
    tailShare = (tokens.tails[0] ?? 0) / (tokens.prefix + (tokens.tails[0] ?? 0));
  }
  scorer.release();
  const [msFull, msEdit] = [median(full), median(edits)];
  return { msFull, msEdit, share: msEdit / msFull, tailShare };
}

export interface Rate {
  readonly passGflops: number;
  readonly sgemmGflops: number;
  readonly share: number;
}

/** A whole conversation in one pass against bare products of the same shapes, interleaved. */
async function measureRate(model: RewardModel): Promise<Rate> {
  const { dims } = model.manifest;
  const random = seededRandom(6);
  const length = PREFIX_ROWS + TAIL_ROWS;
  const rows: DecoderRows = {
    embeds: Float32Array.from({ length: length * dims.hidden }, () => random() - 0.5),
    length,
    imageRuns: [],
  };
  const rate = await matrixRate(dims, length);
  const passes: number[] = [];
  const products: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const ms = await timed(() => model.decoder.scoreWhole(rows));
    passes.push(passFlops(dims, length) / ms / 1e6);
    products.push(await rate.measure());
  }
  await rate.release();
  const [passGflops, sgemmGflops] = [median(passes), median(products)];
  return { passGflops, sgemmGflops, share: passGflops / sgemmGflops };
}

export async function measure(
  root: string,
): Promise<{ sharing: Sharing[]; overhead: Overhead; edit: Edit; rate: Rate }> {
  return withModel(root, async (model, meter) => ({
    sharing: await measureSharing(model),
    rate: await measureRate(model),
    overhead: await measureOverhead(model, meter),
    edit: await measureEdit(model),
  }));
}
