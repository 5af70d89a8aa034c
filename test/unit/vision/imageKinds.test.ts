import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeImage, readImageSize } from '../../../src/vision/decodeImage';
import { FIXTURES, readJson, tempFolder } from '../../support/paths';

interface Expected {
  readonly width: number;
  readonly height: number;
  /** of PIL's RGB bytes */
  readonly sha256: string;
  /** where those bytes are in kinds.rgb */
  readonly at: number;
}

const { pictures } = readJson(path.join(FIXTURES, 'images/kinds.json')) as {
  readonly pictures: Readonly<Record<string, Expected>>;
};
const allPixels = gunzipSync(fs.readFileSync(path.join(FIXTURES, 'images/kinds.rgb.gz')));
const picture = (name: string): string => path.join(FIXTURES, 'images/kinds', name);

/** What PIL reads and RewardLens refuses (README, "Pictures"). */
const REFUSED = [
  'avif-12.avif',
  'avif-alpha-premultiplied.avif',
  'tiff-gray-signed.tif',
  'tiff-lab.tif',
  'tiff-lzma.tif',
  'tiff-zstd.tif',
];

/** Most that a byte differs, and how much on average, where it is not nothing (README, "Pictures"). */
const DIFFERENCES: Readonly<Record<string, readonly [max: number, mean: number]>> = {
  'avif-420-10.avif': [3, 0.6],
  'avif-444-10.avif': [1, 0.4],
  'avif-gray-limited-range.avif': [1, 0.1],
};

test.each(Object.entries(pictures).filter(([name]) => !REFUSED.includes(name)))(
  '%s: PIL’s bytes',
  async (name, expected) => {
    const { width, height, sha256, at } = expected;
    await expect(readImageSize(picture(name))).resolves.toEqual({ width, height });
    const image = await decodeImage(picture(name));
    expect({ width: image.width, height: image.height }).toEqual({ width, height });
    expect(image.data.length).toBe(3 * width * height);
    const wanted = allPixels.subarray(at, at + image.data.length);
    expect(createHash('sha256').update(wanted).digest('hex')).toBe(sha256);
    const differences = Array.from(image.data, (byte, n) => Math.abs(byte - (wanted[n] ?? NaN)));
    const mean = differences.reduce((total, value) => total + value, 0) / differences.length;
    const [mostMax, mostMean] = DIFFERENCES[name] ?? [0, 0];
    expect(Math.max(...differences), `mean difference ${mean}`).toBeLessThanOrEqual(mostMax);
    expect(mean).toBeLessThanOrEqual(mostMean);
  },
);

test.each(REFUSED)('%s is refused, not misread', async (name) => {
  const refused = { code: 'MEDIA_UNSUPPORTED' };
  await expect(decodeImage(picture(name))).rejects.toMatchObject(refused);
  await expect(readImageSize(picture(name))).rejects.toMatchObject(refused);
});

test('the content tells the kind, not the name', async () => {
  const folder = tempFolder();
  for (const kind of ['bmp-rgb.bmp', 'gif-plain.gif', 'avif-444.avif', 'tiff-cmyk.tif']) {
    const renamed = path.join(folder, `${kind}.png`);
    fs.copyFileSync(picture(kind), renamed);
    expect(await decodeImage(renamed)).toEqual(await decodeImage(picture(kind)));
  }
});

test.each(['webp', 'png', 'jpg', 'tif', 'gif'])(
  'a .%s picture that changed under its name is read anew',
  async (kind) => {
    const [first, second] = fs
      .readdirSync(picture(''))
      .filter((name) => name.endsWith(`.${kind}`) && !REFUSED.includes(name))
      .filter((name, n, all) => {
        const shaOf = (other?: string): string | undefined => pictures[other ?? '']?.sha256;
        return n === 0 || shaOf(name) !== shaOf(all[0]);
      });
    const file = path.join(tempFolder(), `picture.${kind}`);
    for (const name of [first ?? '', second ?? '', first ?? '']) {
      fs.copyFileSync(picture(name), file);
      const { width, height, at } = pictures[name] ?? { width: 0, height: 0, at: 0 };
      const image = await decodeImage(file);
      expect(image.data).toEqual(new Uint8Array(allPixels.subarray(at, at + 3 * width * height)));
    }
  },
);

test.each([
  ['PPM', 'P6 2 2 255\n'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
  ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
  ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['Photoshop', '8BPS\0\x01'],
])('%s files are named and refused', async (kind, content) => {
  const file = path.join(tempFolder(), 'picture.png');
  fs.writeFileSync(file, content, 'latin1');
  const refused = { code: 'MEDIA_UNSUPPORTED', message: `${file}: ${kind} images are not read` };
  await expect(decodeImage(file)).rejects.toMatchObject(refused);
  await expect(readImageSize(file)).rejects.toMatchObject(refused);
});

test('an empty file and a missing file are unreadable', async () => {
  const file = path.join(tempFolder(), 'picture.png');
  await expect(decodeImage(file)).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
  fs.writeFileSync(file, '');
  await expect(decodeImage(file)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
});
