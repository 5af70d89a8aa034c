import { expect, test } from 'vitest';
import { ropeTables } from '../../../src/model/rope';

const DIMS = { headDim: 16, ropeTheta: 1e6, ropeFactor: 2, maxPositions: 64 };

test('within the trained length the tables do not depend on the total', () => {
  const short = ropeTables(DIMS, 10);
  const long = ropeTables(DIMS, 64);
  expect(long.cos.subarray(0, short.cos.length)).toEqual(short.cos);
  expect(short.cos.subarray(0, 8).every((value) => value === 1)).toBe(true);
  expect(short.sin[8]).toBeCloseTo(Math.sin(1), 6);
});

test('beyond it the base grows: slower angles everywhere but in the first column', () => {
  const within = ropeTables(DIMS, 64);
  const beyond = ropeTables(DIMS, 65);
  expect(beyond.sin[8]).toBe(within.sin[8]);
  expect(Math.abs(beyond.sin[9] ?? 0)).toBeLessThan(Math.abs(within.sin[9] ?? 0));
});
