import { createHash } from 'node:crypto';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bilinearResize } from '../../../src/vision/bilinearResize';
import { decodeImage, readImageSize } from '../../../src/vision/decodeImage';
import { imageGeometry, imageTokenCount } from '../../../src/vision/imageGeometry';
import { tilePixels } from '../../../src/vision/normalise';
import { overviewPixels } from '../../../src/vision/overview';
import { prepareImage } from '../../../src/vision/prepareImage';
import { transposeImage, type RgbImage } from '../../../src/vision/rgbImage';
import { FIXTURES, readJson } from '../../support/paths';

interface Expected {
  readonly images: readonly string[];
  readonly hd_num: number;
  readonly pictures: readonly { readonly size: [number, number]; readonly sha256: string }[];
}

const expected = readJson(path.join(FIXTURES, 'tiny-expected.json')) as Record<string, Expected>;
const image = (name: string): string => path.join(FIXTURES, 'images', name);

test.each(Object.entries(expected).filter(([, { images }]) => images.length > 0))(
  'case %s: the tiled picture is PIL’s, byte for byte',
  async (_, { images, hd_num, pictures }) => {
    for (const [n, name] of images.entries()) {
      const hdNum = images.length > 1 ? 6 : hd_num;
      const prepared = prepareImage(await decodeImage(image(name)), hdNum, 560);
      expect([prepared.image.width, prepared.image.height]).toEqual(pictures[n]?.size);
      const sha256 = createHash('sha256').update(prepared.image.data).digest('hex');
      expect(sha256).toBe(pictures[n]?.sha256);
    }
  },
);

test('broken and foreign files have codes', async () => {
  await expect(decodeImage(image('truncated.png'))).rejects.toMatchObject({
    code: 'MEDIA_UNREADABLE',
  });
  await expect(decodeImage(image('not-an-image.png'))).rejects.toMatchObject({
    code: 'MEDIA_UNSUPPORTED',
  });
  await expect(readImageSize(image('not-an-image.png'))).rejects.toMatchObject({
    code: 'MEDIA_UNSUPPORTED',
  });
  await expect(readImageSize(image('wide.png'))).resolves.toEqual({ width: 301, height: 97 });
});

test('a picture too thin to scale is refused', async () => {
  const thread = await decodeImage(image('thread.png'));
  // at one tile a 3000 × 1 picture would be 560 × 0
  expect(() => prepareImage(thread, 1, 560)).toThrow(
    expect.objectContaining({ code: 'MEDIA_UNSUPPORTED' }),
  );
});

test('geometry: never more tiles than allowed, sides are multiples of a tile', () => {
  const size = fc.integer({ min: 1, max: 6000 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 40 }), (width, height, hdNum) => {
      const geometry = imageGeometry(width, height, hdNum, 560);
      if (geometry !== undefined) {
        const [rows, columns] = geometry.grid;
        expect(rows * columns).toBeLessThanOrEqual(Math.max(1, hdNum));
        expect(geometry.padded).toEqual([columns * 560, rows * 560]);
      }
    }),
  );
});

test('geometry: any limit is answered at once', () => {
  expect(imageGeometry(30_000, 3, Number.MAX_SAFE_INTEGER, 560)?.grid).toEqual([1, 54]);
});

test('a portrait picture has the transposed geometry of its mirror image', () => {
  const tall = imageGeometry(301, 1003, 9, 560);
  const wide = imageGeometry(1003, 301, 9, 560);
  expect(tall?.grid).toEqual(wide?.grid.toReversed());
  expect(tall?.padded).toEqual(wide?.padded.toReversed());
});

test('one tile gives 841 tokens in the published model', () => {
  expect(imageTokenCount([1, 1], 20)).toBe(841);
  expect(imageTokenCount([2, 3], 20)).toBe(2861);
});

function flat(width: number, height: number, value: number): RgbImage {
  return { width, height, data: new Uint8Array(3 * width * height).fill(value) };
}

test('resizing keeps a flat colour, and the same size is the same picture', () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(size, size, size, size, fc.nat(255), (w, h, w2, h2, value) => {
      const out = bilinearResize(flat(w, h, value), w2, h2);
      expect(out.data.every((byte) => byte === value)).toBe(true);
    }),
    { numRuns: 40 },
  );
  const same = flat(3, 2, 9);
  expect(bilinearResize(same, 3, 2)).toBe(same);
});

test('transposing twice changes nothing', () => {
  const data = Uint8Array.from({ length: 3 * 4 * 5 }, (_, n) => n);
  const picture = { width: 4, height: 5, data };
  expect(transposeImage(transposeImage(picture))).toEqual(picture);
});

test('the overview of one tile is that tile, and flat stays flat', () => {
  const data = Uint8Array.from({ length: 3 * 8 * 8 }, (_, n) => (n * 37) % 256);
  const one = { width: 8, height: 8, data };
  expect(overviewPixels(one, 8)).toEqual(tilePixels(one, 0, 0, 8));
  const grey = overviewPixels(flat(24, 16, 128), 8);
  const [red] = tilePixels(flat(8, 8, 128), 0, 0, 8);
  for (const value of grey.subarray(0, 64)) {
    expect(value).toBeCloseTo(red ?? 0, 6);
  }
});
