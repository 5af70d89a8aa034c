import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { decodeImage, readImageSize } from '../../../src/vision/decodeImage';
import { mutateFile } from '../../support/mutations';
import { seededRandom } from '../../support/random';
import { FIXTURES, tempFolder } from '../../support/paths';

const KINDS = path.join(FIXTURES, 'images/kinds');
/** a picture of the limit has 0.5 GB of pixels, and libvips holds it once more */
const MAX_GROWTH_BYTES = 2 * 2 ** 30;
// some of the damaged files are decoded at a size near the limit
vi.setConfig({ testTimeout: 300_000 });
const CODES = ['MEDIA_UNREADABLE', 'MEDIA_UNSUPPORTED', 'MEDIA_TOO_LARGE'];

/** Chunk sums put right again, so that damage gets past them. */
function repairPng(file: Buffer): Buffer {
  for (let at = 8; at + 12 <= file.length;) {
    const end = at + 8 + file.readUInt32BE(at);
    if (end + 4 > file.length) {
      break;
    }
    file.writeUInt32BE(crc32(file.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return file;
}

test.each([
  ['png', 200, 64],
  ['jpg', 200, 700],
  ['gif', 100, 40],
  ['bmp', 100, 70],
  ['webp', 100, 60],
  ['tif', 100, 4000],
  ['avif', 100, 420],
  ['ico', 100, 80],
])('%s: %i damaged files give a picture or an error with a code', async (kind, count, header) => {
  const originals = fs.readdirSync(KINDS).filter((name) => name.endsWith(`.${kind}`));
  expect(originals.length).toBeGreaterThan(3);
  const random = seededRandom(count + header);
  const file = path.join(tempFolder(), `damaged.${kind}`);
  const before = process.memoryUsage.rss();
  let peak = before;
  const codes = new Map<string, number>();
  for (let n = 0; n < count; n += 1) {
    const name = originals[n % originals.length] ?? '';
    let damaged = mutateFile(fs.readFileSync(path.join(KINDS, name)), random, header);
    if (kind === 'png' && n % 4 !== 0) {
      damaged = repairPng(damaged);
    }
    fs.writeFileSync(file, damaged);
    try {
      const image = await decodeImage(file);
      expect(image.data.length).toBe(3 * image.width * image.height);
      const { width, height } = image;
      expect(await readImageSize(file)).toEqual({ width, height });
      codes.set('picture', (codes.get('picture') ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof AppError)) {
        throw error;
      }
      expect(CODES).toContain(error.code);
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    }
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  expect(peak - before).toBeLessThan(MAX_GROWTH_BYTES);
  // the damage is neither harmless nor always fatal at the first byte
  expect(codes.get('MEDIA_UNREADABLE') ?? 0).toBeGreaterThan(count / 10);
  expect(codes.get('picture') ?? 0).toBeGreaterThan(1);
});

/** Writes a size into a header. */
const FORGERIES: readonly (readonly [string, (file: Buffer) => unknown])[] = [
  [
    'png-rgb.png',
    (file) => {
      file.writeUInt32BE(40_000, 16);
      file.writeUInt32BE(30_000, 20);
      repairPng(file);
    },
  ],
  ['jpeg-420.jpg', (file) => file.writeUInt32BE(0xf000f000, file.indexOf('ffc0', 'hex') + 5)],
  ['webp-animated.webp', (file) => file.write('fe3f00fe3f00', 24, 'hex')],
  ['gif-plain.gif', (file) => file.writeUInt32LE(0xf000f000, 6)],
  [
    'bmp-rgb.bmp',
    (file) => {
      file.writeUInt32LE(40_000, 18);
      file.writeUInt32LE(30_000, 22);
    },
  ],
  [
    'tiff-raw.tif',
    (file) => {
      const at = file.readUInt32LE(4) + 2;
      file.writeUInt32LE(40_000, at + 8);
      file.writeUInt32LE(30_000, at + 20);
    },
  ],
  [
    'avif-420.avif',
    (file) => {
      const at = file.indexOf('ispe') + 8;
      file.writeUInt32BE(40_000, at);
      file.writeUInt32BE(30_000, at + 4);
    },
  ],
];

test.each(FORGERIES)('%s with the size of a bomb is refused by its header', async (name, forge) => {
  const file = path.join(tempFolder(), name);
  const content = fs.readFileSync(path.join(KINDS, name));
  forge(content);
  fs.writeFileSync(file, content);
  const before = process.memoryUsage.rss();
  await expect(readImageSize(file)).rejects.toMatchObject({ code: 'MEDIA_TOO_LARGE' });
  await expect(decodeImage(file)).rejects.toMatchObject({ code: 'MEDIA_TOO_LARGE' });
  // decoded, the smallest of them would take 800 MB
  expect(process.memoryUsage.rss() - before).toBeLessThan(500 * 2 ** 20);
});
