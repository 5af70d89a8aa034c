// A prefix's keys and values that are held once give the rewards of those that are copied, bit for bit.

import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Decoder } from '../../../src/model/decoder';
import type { DecoderRows } from '../../../src/model/decoderRows';
import { InPlaceDecoder } from '../../../src/model/inPlaceDecoder';
import { GRAPH_NAMES } from '../../../src/model/manifest';
import { openSession, type Session } from '../../../src/model/ortRuntime';
import { RewardModel } from '../../../src/model/rewardModel';
import { REWARD } from '../../../src/model/tailScorer';
import { TINY_MODEL } from '../../support/paths';
import { seededRandom } from '../../support/random';
import { randomRows } from '../../support/tailSets';

let model: RewardModel;
let ungrouped: Session;
let hidden: number;

beforeAll(async () => {
  model = await RewardModel.load(TINY_MODEL, { threads: 1 });
  ungrouped = await openSession(path.join(TINY_MODEL, GRAPH_NAMES.decoder), { threads: 1 });
  ({ hidden } = model.manifest.dims);
});
afterAll(async () => {
  await model.release();
  await ungrouped.release();
});

const inPlace = (maxRows?: number): InPlaceDecoder =>
  new InPlaceDecoder(
    model.decoder.session,
    model.manifest.dims,
    REWARD,
    maxRows === undefined ? undefined : () => maxRows,
  );
const copying = (): Decoder => new Decoder(ungrouped, model.manifest.dims, REWARD);

const PREFIX_ROWS = 150;
const prefixRows = (): DecoderRows => randomRows(1, hidden, PREFIX_ROWS, [[1, 62]]);

test('the CPU keeps keys and values in place', () => {
  expect(model.decoder).toBeInstanceOf(InPlaceDecoder);
});

test('tails of any length, in any order, again and again: the rewards of copied keys and values', async () => {
  const [mine, theirs] = [inPlace(), copying()];
  const buffers = await mine.runPrefix(prefixRows());
  const copied = await theirs.runPrefix(prefixRows());
  const random = seededRandom(5);
  // a single row takes another way through the runtime than one beside others
  const lengths = [2, 700, 12, 3, 64, 1300, 2, 64];
  for (const [n, length] of lengths.entries()) {
    const tail = randomRows(Math.floor(random() * 1e6), hidden, length);
    const reward = await mine.scoreTail(buffers, tail);
    expect(reward, `tail ${n}`).toBe(await theirs.scoreTail(copied, tail));
    expect(await mine.scoreTail(buffers, tail)).toBe(reward);
  }
  expect(buffers.length).toBe(PREFIX_ROWS);
});

test('tails together: the rewards that each has alone, bit for bit, however they are grouped', async () => {
  const decoder = inPlace();
  const random = seededRandom(11);
  const lengths = [64, 1, 64, 128, 2, 300, 31, 33, 64, 1, 1, 127, 130, 126];
  const tails = lengths.map((length) => randomRows(Math.floor(random() * 1e6), hidden, length));
  const state = await decoder.runPrefix(prefixRows());
  const alone: number[] = [];
  for (const tail of tails) {
    alone.push(await decoder.scoreTail(state, tail));
  }
  const told: number[] = [];
  const together = await decoder.scoreTails(state, tails, (tail) => told.push(tail));
  expect(together).toEqual(alone);
  expect(told).toEqual(tails.map((_, n) => n));
  const turned = await decoder.scoreTails(state, [...tails].reverse());
  expect(turned.reverse()).toEqual(alone);
  expect(new Set(alone).size).toBe(tails.length);
});

test('the rotary base follows the longest tail, not the rows of all tails together', async () => {
  // each of them fits into the trained length, together they do not
  const decoder = inPlace().withDims({ ...model.manifest.dims, maxPositions: PREFIX_ROWS + 50 });
  const tails = [40, 50, 30].map((length, n) => randomRows(n + 50, hidden, length));
  const state = await decoder.runPrefix(prefixRows());
  const alone: number[] = [];
  for (const tail of tails) {
    alone.push(await decoder.scoreTail(state, tail));
  }
  expect(await decoder.scoreTails(state, tails)).toEqual(alone);
  // beyond it, a row of padding does not count either
  const whole = randomRows(77, hidden, 257);
  const copies = copying().withDims(decoder.dims);
  expect(await decoder.scoreWhole(whole)).toBe(await copies.scoreWhole(whole));
});

test('two prefixes in turn do not disturb each other', async () => {
  const decoder = inPlace();
  const tail = randomRows(9, hidden, 30);
  const states = [
    await decoder.runPrefix(prefixRows()),
    await decoder.runPrefix(randomRows(2, hidden, 90)),
  ];
  const rewards: number[] = [];
  for (const state of [...states, ...states]) {
    rewards.push(await decoder.scoreTail(state, tail));
  }
  expect(rewards.slice(0, 2)).toEqual(rewards.slice(2));
  expect(rewards[0]).not.toBe(rewards[1]);
});

test.each([1, 7, 61, 149, 150])('a prefix in runs of %d rows', async (maxRows) => {
  const tail = randomRows(3, hidden, 20);
  const whole = inPlace();
  const expected = await whole.scoreTail(await whole.runPrefix(prefixRows()), tail);
  const divided = inPlace(maxRows);
  const state = await divided.runPrefix(prefixRows());
  expect(state.length).toBe(PREFIX_ROWS);
  // products of different shapes add in a different order
  expect(Math.abs((await divided.scoreTail(state, tail)) - expected)).toBeLessThan(1e-5);
  expect(await divided.scoreTail(await divided.runPrefix(prefixRows()), tail)).toBe(
    await divided.scoreTail(state, tail),
  );
});

test('a prefix is kept without a spare position, and what another form made is refused', async () => {
  const decoder = inPlace();
  const { kvHeads, headDim } = model.manifest.dims;
  const state = await decoder.runPrefix(prefixRows());
  expect(state.past.past_key_0?.dims).toEqual([1, kvHeads, PREFIX_ROWS, headDim]);
  const copied = await copying().runPrefix(prefixRows());
  await expect(decoder.scoreTail(copied, randomRows(4, hidden, 3))).rejects.toThrow(RangeError);
});

test('short prefixes run at once, long ones in pieces', () => {
  const { pieceRows } = inPlace();
  expect(pieceRows(2048)).toBe(2048);
  expect(pieceRows(2049)).toBe(512);
});
