// The WebAssembly kernel beside the plain loops it stands for, and beside its own source.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bilinearResize } from '../../../src/vision/bilinearResize';
import { openKernel } from '../../../src/vision/resizeKernel/kernel';
import { triangleWeights } from '../../../src/vision/resizeKernel/pairWeights';
import { layOut, type StripLayout } from '../../../src/vision/resizeKernel/stripLayout';
import { transposeImage, type RgbImage } from '../../../src/vision/rgbImage';
import { ROOT } from '../../support/paths';
import { seededRandom } from '../../support/random';

const MIB = 2 ** 20;

/** Noise with many pixels at both ends of the range, where sums are largest. */
function noise(width: number, height: number, seed: number): RgbImage {
  const random = seededRandom(seed);
  const data = Uint8Array.from({ length: 3 * width * height }, () => {
    const value = random() * 512 - 128;
    return Math.min(255, Math.max(0, value));
  });
  return { width, height, data };
}

/** Resample.c as it is written there: one sum per byte. */
function plainResize(image: RgbImage, width: number, height: number): RgbImage {
  const across = plainRows(image, width);
  return transposeImage(plainRows(transposeImage(across), height));
}

function plainRows(image: RgbImage, width: number): RgbImage {
  if (width === image.width) {
    return image;
  }
  const { height, data: source } = image;
  const data = new Uint8Array(3 * width * height);
  const scale = image.width / width;
  const support = Math.max(scale, 1);
  for (let x = 0; x < width; x += 1) {
    const centre = (x + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const to = Math.min(image.width, Math.trunc(centre + support + 0.5));
    const exact: number[] = [];
    for (let at = from; at < to; at += 1) {
      exact.push(Math.max(0, 1 - Math.abs((at - centre + 0.5) * (1 / support))));
    }
    const sum = exact.reduce((total, weight) => total + weight, 0);
    const weights = exact.map((weight) => Math.trunc(0.5 + (weight / sum) * 2 ** 22));
    for (let y = 0; y < height; y += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const begin = 3 * (y * image.width + from) + channel;
        const mixed = weights.reduce(
          (total, weight, n) => total + weight * (source[begin + 3 * n] ?? 0),
          2 ** 21,
        );
        data[3 * (y * width + x) + channel] = Math.min(255, mixed >> 22);
      }
    }
  }
  return { width, height, data };
}

function expectPlain(image: RgbImage, width: number, height: number): void {
  const resized = bilinearResize(image, width, height);
  expect([resized.width, resized.height]).toEqual([width, height]);
  expect(Buffer.compare(resized.data, plainResize(image, width, height).data)).toBe(0);
}

type Size = readonly [width: number, height: number];

/** How a resize is done that has no pixels. */
function layoutOf([w, h]: Size, [width, height]: Size): StripLayout {
  return layOut({
    source: { width: w, height: h, data: new Uint8Array() },
    target: { width, height, data: new Uint8Array() },
    across: w === width ? undefined : triangleWeights(w, width),
    down: h === height ? undefined : triangleWeights(h, height),
  });
}

test('random sizes give the bytes of the plain loops', () => {
  const side = fc.oneof(
    fc.constant(1),
    fc.integer({ min: 2, max: 20 }),
    fc.integer({ min: 21, max: 300 }),
  );
  fc.assert(
    fc.property(side, side, side, side, fc.nat(), (w, h, width, height, seed) => {
      expectPlain(noise(w, h, seed), width, height);
    }),
    { numRuns: 60, seed: 20 },
  );
});

test.each<[name: string, from: Size, to: Size]>([
  ['shrinking a wide line', [9000, 1], [1, 70]],
  ['shrinking a tall line', [1, 9000], [70, 1]],
  ['the horizontal pass alone', [4000, 3], [1680, 3]],
  ['the vertical pass alone', [3, 4000], [3, 1680]],
  ['shrinking in strips', [40_001, 3], [20_000, 2]],
  ['growing in strips', [9000, 2], [30_000, 5]],
  ['the vertical pass alone, in strips', [30_000, 5], [30_000, 3]],
])('%s gives the bytes of the plain loops', (name, from, to) => {
  expect(layoutOf(from, to).columns < to[0]).toBe(name.endsWith('in strips'));
  expectPlain(noise(from[0], from[1], 7), to[0], to[1]);
});

test('memory stays small, whatever the size', () => {
  expect(layoutOf([4000, 3000], [1680, 1260]).total).toBeLessThan(MIB);
  expect(layoutOf([65_535, 65_535], [560, 560]).total).toBeLessThanOrEqual(2 * MIB);
  expect(layoutOf([65_535, 2700], [30_000, 1236]).total).toBeLessThanOrEqual(2 * MIB);
  expect(layoutOf([2_500_000, 71], [35_840, 1]).total).toBeLessThanOrEqual(2 * MIB);
  expect(layoutOf([65_535, 2700], [65_535, 1]).total).toBeLessThanOrEqual(2 * MIB);
});

test('memory grows when it has to, and is not kept when it is much', () => {
  const held = (): number => openKernel(0).memory.buffer.byteLength;
  expectPlain(noise(5, 5, 1), 3, 3);
  const [small, larger, much] = [noise(40, 30, 2), noise(1, 250_000, 3), noise(1, 600_000, 4)];
  expectPlain(small, 1000, 1000);
  const before = held();
  expectPlain(larger, 1, 1);
  const after = held();
  expect(after).toBeGreaterThan(before);
  expect(layoutOf([1, 600_000], [1, 1]).total).toBeGreaterThan(8 * MIB);
  expectPlain(much, 1, 1);
  expect(held()).toBe(after);
  expectPlain(small, 1000, 1000);
});

test('the kernel is what its source compiles to', () => {
  const folder = path.join(ROOT, 'src/vision/resizeKernel');
  // not imported: the compiler's types change those of arrays
  const args = [path.join(folder, 'compile.mjs'), '--print'];
  const compiled = execFileSync(process.execPath, args, { encoding: 'utf8' });
  expect(fs.readFileSync(path.join(folder, 'kernelBytes.ts'), 'utf8')).toBe(compiled);
});
