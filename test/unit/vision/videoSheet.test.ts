import path from 'node:path';
import { expect, test } from 'vitest';
import { decodeImage } from '../../../src/vision/decodeImage';
import { loadFrameLabels } from '../../../src/vision/frameLabels';
import { prepareSheet, sheetGeometry } from '../../../src/vision/prepareSheet';
import { transposeImage } from '../../../src/vision/rgbImage';
import { composeSheet, frameSize, scaleFrame, sheetSize } from '../../../src/vision/videoSheet';
import { sha256 } from '../../../src/node/hash';
import { FIXTURES, readJson, tempFolder } from '../../support/paths';
import { LABELS } from '../../support/videos';

interface Expected {
  readonly image: string;
  readonly count: number;
  readonly turned: boolean;
  readonly labels: boolean;
  readonly sheet: readonly [number, number];
  readonly padded: readonly [number, number];
  readonly sheet_sha256: string;
  readonly padded_sha256: string;
}

const cases = readJson(path.join(FIXTURES, 'sheets-expected.json')) as Expected[];

test.each(cases)('$count × $image, labels $labels: Pillow’s sheet, byte for byte', async (spec) => {
  const decoded = await decodeImage(path.join(FIXTURES, 'images', spec.image));
  const frame = spec.turned ? transposeImage(decoded) : decoded;
  const frames = Array.from({ length: spec.count }, () => scaleFrame(frame));
  const labels = spec.labels ? await loadFrameLabels(LABELS) : undefined;
  const sheet = composeSheet(frames, labels);
  expect([sheet.width, sheet.height]).toEqual(spec.sheet);
  expect(sha256(sheet.data)).toBe(spec.sheet_sha256);
  expect(sheetSize(spec.count, frameSize(frame.width, frame.height))).toEqual(spec.sheet);

  const { image, grid } = prepareSheet(sheet, 560);
  expect([image.width, image.height]).toEqual(spec.padded);
  expect([grid[1] * 560, grid[0] * 560]).toEqual(spec.padded);
  expect(sha256(image.data)).toBe(spec.padded_sha256);
  expect(sheetGeometry(sheet.width, sheet.height, 560)).toMatchObject({
    padded: spec.padded,
    grid,
  });
});

test('a frame that is too thin to scale is an error, not an empty sheet', () => {
  expect(() => frameSize(4000, 2)).toThrow(
    expect.objectContaining({ code: 'MEDIA_UNSUPPORTED' }) as Error,
  );
  expect(() => frameSize(2, 4000)).toThrow(
    expect.objectContaining({ code: 'MEDIA_UNSUPPORTED' }) as Error,
  );
});

test('labels that are missing or not labels are named', async () => {
  await expect(loadFrameLabels(path.join(tempFolder(), 'none.png'))).rejects.toMatchObject({
    code: 'INTERNAL',
  });
  const wide = path.join(FIXTURES, 'images/wide.png');
  await expect(loadFrameLabels(wide)).rejects.toMatchObject({ code: 'INTERNAL' });
});
