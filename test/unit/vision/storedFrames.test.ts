import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../src/node/hash';
import type { DecodedVideo } from '../../../src/sample/decodedVideo';
import { planeBytes } from '../../../src/sample/planeSize';
import { STORED_FRAMES_ENDING, storeFrames } from '../../../src/vision/storedFrames';
import { VideoReader } from '../../../src/vision/videoReader';
import { FIXTURES, tempFolder } from '../../support/paths';
import { LABELS, videoReader } from '../../support/videos';

const TURNED = path.join(FIXTURES, 'videos/turned.mp4');

/** What a browser gives of the video: planes that are not turned yet, here by ffmpeg. */
async function decoded(): Promise<{ video: DecodedVideo; frames: Uint8Array[] }> {
  const { indices, seconds, frameCount, framesPerSecond } = await videoReader().describe(TURNED);
  const [width, height] = [96, 64];
  const chosen = indices.map((index) => `eq(n\\,${index})`).join('+');
  const { stdout } = spawnSync('ffmpeg', [
    ...['-v', 'error', '-noautorotate', '-i', TURNED, '-vf', `select=${chosen}`],
    ...['-vsync', 'passthrough', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-'],
  ]);
  const size = planeBytes(width, height);
  return {
    video: {
      ...{ width, height, frameCount, framesPerSecond, rotation: 270, matrix: 'bt601' },
      ...{ sha256: sha256(fs.readFileSync(TURNED)), fullRange: false },
      ...{ indices: [...indices], seconds: [...seconds] },
    },
    frames: indices.map((_, n) => stdout.subarray(n * size, (n + 1) * size)),
  };
}

const reader = (storedFrames: string): VideoReader =>
  new VideoReader({ ffmpeg: '/nowhere/ffmpeg', labels: LABELS, storedFrames });

test('stored planes give the facts and the sheet that ffmpeg gives', async () => {
  const folder = tempFolder();
  const { video, frames } = await decoded();
  await storeFrames(folder, video, frames);
  const stored = reader(folder);
  expect(await stored.describe(TURNED)).toEqual(await videoReader().describe(TURNED));
  const [one, other] = [
    await stored.readSheet(TURNED, 'atlas'),
    await videoReader().readSheet(TURNED, 'atlas'),
  ];
  expect(one.facts).toEqual(other.facts);
  expect(one.sheet.width).toBe(other.sheet.width);
  expect(Buffer.compare(one.sheet.data, other.sheet.data)).toBe(0);
});

test.each<[string, (file: Buffer) => Buffer | string]>([
  ['cut off', (file) => file.subarray(0, -1)],
  ['another choice of frames', (file) => file.toString('latin1').replace('[0,30,60]', '[0,30,61]')],
  ['of another video', (file) => file.toString('latin1').replace(/"sha256":"./, '"sha256":"x')],
  ['no header', () => 'hello'],
  ['empty', () => ''],
])('a stored file that is %s is not used', async (_, change) => {
  const folder = tempFolder();
  const { video, frames } = await decoded();
  await storeFrames(folder, video, frames);
  const file = path.join(folder, video.sha256 + STORED_FRAMES_ENDING);
  const changed = change(fs.readFileSync(file));
  fs.writeFileSync(file, changed, 'latin1');
  await expect(reader(folder).describe(TURNED)).rejects.toMatchObject({ code: 'FFMPEG_NOT_FOUND' });
});

test('frames that do not fit their video are not stored', async () => {
  const folder = tempFolder();
  const { video, frames } = await decoded();
  await expect(storeFrames(folder, video, frames.slice(1))).rejects.toMatchObject({
    code: 'INTERNAL',
  });
  expect(fs.readdirSync(folder)).toEqual([]);
});
