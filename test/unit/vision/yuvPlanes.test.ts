import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  rotatePlanes,
  yuvToRgb,
  type Rotation,
  type YuvMatrix,
  type YuvPlanes,
} from '../../../src/vision/yuvPlanes';
import { seededRandom } from '../../support/random';

/** Any planes: every sample value with every other, far beyond what a camera gives. */
function noise(width: number, height: number): YuvPlanes {
  const chroma = ((width + 1) >> 1) * ((height + 1) >> 1);
  const random = seededRandom(width * 7919 + height);
  const bytes = Uint8Array.from({ length: width * height + 2 * chroma }, () => 256 * random());
  return {
    width,
    height,
    y: bytes.subarray(0, width * height),
    u: bytes.subarray(width * height, width * height + chroma),
    v: bytes.subarray(width * height + chroma),
  };
}

/** What the ffmpeg of this machine makes of it. */
function byFfmpeg(planes: YuvPlanes, matrix: string, fullRange: boolean, turn = ''): Buffer {
  const tags = `setparams=colorspace=${matrix}:range=${fullRange ? 'pc' : 'tv'}`;
  const { stdout, stderr, status } = spawnSync(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'yuv420p'],
      ...['-s', `${planes.width}x${planes.height}`, '-i', '-', '-vf', `${tags}${turn}`],
      ...['-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'],
    ],
    { input: Buffer.concat([planes.y, planes.u, planes.v]), maxBuffer: 1 << 28 },
  );
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  return stdout;
}

function maxDifference(one: Uint8Array, other: Uint8Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((most, value, n) => Math.max(most, Math.abs(value - (other[n] ?? 0))), 0);
}

const SIZES = [
  [640, 360],
  [854, 480],
  [853, 480],
  [99, 64],
  [96, 64],
  [18, 10],
  [7, 6],
] as const;

test.each<[string, YuvMatrix, boolean]>([
  ['unknown', 'bt601', false],
  ['smpte170m', 'bt601', false],
  ['bt470bg', 'bt601', true],
  ['bt709', 'bt709', false],
  ['bt709', 'bt709', true],
])('%s as %s, full range %s: the bytes of ffmpeg', (tag, matrix, fullRange) => {
  for (const [width, height] of SIZES) {
    const planes = noise(width, height);
    const { data } = yuvToRgb(planes, matrix, fullRange);
    const difference = maxDifference(data, byFfmpeg(planes, tag, fullRange));
    expect({ width, height, difference }).toEqual({ width, height, difference: 0 });
  }
});

test.each<[Rotation, string]>([
  [90, ',transpose=clock'],
  [180, ',hflip,vflip'],
  [270, ',transpose=cclock'],
])('turned by %s degrees as ffmpeg turns it', (rotation, turn) => {
  const planes = noise(98, 64);
  const { data } = yuvToRgb(rotatePlanes(planes, rotation), 'bt601', false);
  expect(maxDifference(data, byFfmpeg(planes, 'unknown', false, turn))).toBe(0);
});
