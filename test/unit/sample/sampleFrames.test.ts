import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundHalfEven, sampleFrames } from '../../../src/sample/sampleFrames';

test('halves are rounded to the even neighbour, as Python does', () => {
  expect([0.5, 1.5, 2.5, 12.5, 13.5, 23.976, 29.97, 0.49, 1.51].map(roundHalfEven)).toEqual([
    0, 2, 2, 12, 14, 24, 30, 0, 2,
  ]);
});

test.each([
  // worked out by hand from the published code
  [1, 25, [0]],
  [90, 30_000 / 1001, [0, 30, 60]],
  [60, 12.5, [0, 12, 24, 36, 48]],
  [32, 1, Array.from({ length: 32 }, (_, n) => n)],
  [33, 1, Array.from({ length: 32 }, (_, n) => n)],
  [66, 1, Array.from({ length: 32 }, (_, n) => 2 * n)],
])('%i frames at %f a second', (frames, rate, indices) => {
  expect(sampleFrames(frames, rate)).toEqual(indices);
});

test('below half a frame a second the published code fails; so do we', () => {
  expect(sampleFrames(10, 0.5)).toBeUndefined();
  expect(sampleFrames(10, 0.51)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('at most 32 positions, rising, inside the video', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500_000 }),
      fc.double({ min: 0.6, max: 240, noNaN: true }),
      (frames, rate) => {
        const indices = sampleFrames(frames, rate) ?? [];
        expect(indices[0]).toBe(0);
        expect(indices.length).toBeLessThanOrEqual(32);
        expect(indices.every((at, n) => n === 0 || at > (indices[n - 1] ?? 0))).toBe(true);
        expect(indices.at(-1)).toBeLessThan(frames);
      },
    ),
  );
});
