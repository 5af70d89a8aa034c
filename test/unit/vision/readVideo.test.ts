import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test, vi } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { findFfmpeg } from '../../../src/vision/ffmpegTools';
import { probeVideo } from '../../../src/vision/probeVideo';
import { readFrames } from '../../../src/vision/readFrames';
import type { RgbImage } from '../../../src/vision/rgbImage';
import { VideoReader } from '../../../src/vision/videoReader';
import { FIXTURES, tempFolder } from '../../support/paths';
import { LABELS, videoReader } from '../../support/videos';

const fixture = (name: string): string => path.join(FIXTURES, 'videos', name);
const COUNT = fixture('count.mp4');

/** The number that training/samples/draw_video.py wrote into a frame, 16 squares of one bit. */
function numberIn({ width, height, data }: RgbImage): number {
  const cell = Math.trunc(Math.min(width, height) / 4);
  let number = 0;
  for (let bit = 0; bit < 16; bit += 1) {
    const x = (bit % 4) * cell + cell / 2;
    const y = Math.trunc(bit / 4) * cell + cell / 2;
    number += (data[3 * (y * width + x)] ?? 0) > 128 ? 2 ** bit : 0;
  }
  return number;
}

async function framesOf(file: string, indices?: readonly number[]) {
  const tools = await findFfmpeg('');
  const facts = await probeVideo(tools, file);
  const frames: RgbImage[] = [];
  await readFrames(tools, file, { ...facts, indices: indices ?? facts.indices }, (frame) =>
    frames.push(frame),
  );
  return { facts, frames };
}

test('H.264 with B frames: exactly the frames that are asked for, in presentation order', async () => {
  const every = Array.from({ length: 90 }, (_, n) => n);
  const { facts, frames } = await framesOf(COUNT, every);
  expect(frames.map(numberIn)).toEqual(every);
  expect(facts).toEqual({
    width: 96,
    height: 64,
    frameCount: 90,
    framesPerSecond: 30_000 / 1001,
    indices: [0, 30, 60],
    seconds: [0, 1.001, 2.002],
  });
});

test('VP9 with more than 32 positions: the published choice', async () => {
  const { facts, frames } = await framesOf(fixture('tall.webm'));
  expect(facts).toMatchObject({ width: 64, height: 96, frameCount: 70, framesPerSecond: 2 });
  expect(facts.indices).toHaveLength(32);
  expect(frames.map(numberIn)).toEqual(facts.indices);
});

test('frames that an edit list hides do not count', async () => {
  const { facts, frames } = await framesOf(fixture('cut.mp4'));
  expect(facts.frameCount).toBe(54); // of 65 packets
  expect(frames.map(numberIn)).toEqual(facts.indices.map((index) => index + 36));
});

test('frames are turned as the file asks', async () => {
  const { facts, frames } = await framesOf(fixture('turned.mp4'));
  expect([facts.width, facts.height]).toEqual([64, 96]);
  expect(frames.map(({ width, height }) => [width, height])).toEqual(
    facts.indices.map(() => [64, 96]),
  );
  expect(frames.map((frame) => numberIn(turnedBack(frame)))).toEqual(facts.indices);
});

/** By a quarter turn to the right: the file asks for one to the left. */
function turnedBack({ width, height, data }: RgbImage): RgbImage {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const to = 3 * (x * height + height - 1 - y);
      out.set(data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3), to);
    }
  }
  return { width: height, height: width, data: out };
}

test('the last video is kept, and read again when the file changes', async () => {
  const file = path.join(tempFolder(), 'v.mp4');
  fs.copyFileSync(COUNT, file);
  const reader = videoReader();
  const [first, second] = await Promise.all([
    reader.readSheet(file, 'none'),
    reader.readThumbnails(file),
  ]);
  expect([first.sheet.width, first.sheet.height]).toEqual([1120, 3 * (746 + 50)]);
  expect(second.facts).toBe(first.facts);
  const sizes = await Promise.all(second.jpegs.map((jpeg) => sharp(jpeg).metadata()));
  expect(sizes.map(({ width, height }) => [width, height])).toEqual([
    [192, 128],
    [192, 128],
    [192, 128],
  ]);
  fs.copyFileSync(fixture('turned.mp4'), file);
  fs.utimesSync(file, new Date(), new Date(Date.now() + 5000));
  expect(await reader.describe(file)).toMatchObject({ width: 64, height: 96 });
});

test('whoever waits for a video still gets it when the one who began gives up', async () => {
  const reader = videoReader();
  const controller = new AbortController();
  const first = reader.readSheet(COUNT, 'none', controller.signal);
  const second = reader.readSheet(COUNT, 'none');
  controller.abort();
  await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await second).facts.indices).toEqual([0, 30, 60]);
});

test('a video that fails fails for everyone who waits, with the same code', async () => {
  const reader = new VideoReader({ ffmpeg: '/nowhere/ffmpeg', labels: LABELS });
  const both = await Promise.allSettled([
    reader.readSheet(COUNT, 'none'),
    reader.readThumbnails(COUNT),
  ]);
  expect(both).toMatchObject([
    { status: 'rejected', reason: { code: 'FFMPEG_NOT_FOUND' } },
    { status: 'rejected', reason: { code: 'FFMPEG_NOT_FOUND' } },
  ]);
});

test('cancelling ends ffmpeg', async () => {
  // an ffmpeg that never comes to an end, however fast the machine is
  const folder = tempFolder();
  const { ffmpeg: real } = await findFfmpeg('');
  const started = path.join(folder, 'started');
  const script = `[ "$1" = -version ] && exec '${real}' "$@"\necho $$ > '${started}'\nexec sleep 600\n`;
  fs.writeFileSync(path.join(folder, 'ffmpeg'), `#!/bin/sh\n${script}`, { mode: 0o755 });
  const controller = new AbortController();
  const reader = new VideoReader({ ffmpeg: folder, labels: LABELS });
  const reading = reader.readSheet(COUNT, 'none', controller.signal);
  const pid = (): number => (fs.existsSync(started) ? Number(fs.readFileSync(started, 'utf8')) : 0);
  await vi.waitUntil(() => pid() > 0, { timeout: 50_000 });
  controller.abort();
  await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(() => process.kill(pid(), 0)).toThrow('ESRCH');
});

test.each([
  ['hls.mp4', '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://TARGET\n#EXT-X-ENDLIST\n'],
  ['concat.mp4', 'ffconcat version 1.0\nfile TARGET\n'],
  ['remote.mp4', '#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n'],
  ['dash.mp4', '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'],
  ['subtitle.mp4', '1\n00:00:00,000 --> 00:00:01,000\nhello\n'],
])('a list that names other files (%s) is refused', async (name, text) => {
  const file = path.join(tempFolder(), name);
  fs.writeFileSync(file, text.replace('TARGET', COUNT));
  await expect(videoReader().describe(file)).rejects.toMatchObject({
    code: expect.stringMatching(/^MEDIA_(UNSUPPORTED|UNREADABLE)$/) as string,
  });
});

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, (bytes.length * 3) / 4)],
  ['without its index', (bytes: Buffer) => bytes.subarray(0, 300)],
  ['empty', () => Buffer.alloc(0)],
  ['no video at all', () => Buffer.from('hello')],
])('%s: unreadable', async (_, change) => {
  const file = path.join(tempFolder(), 'v.mp4');
  fs.writeFileSync(file, change(fs.readFileSync(COUNT)));
  const error: unknown = await videoReader()
    .readSheet(file, 'none')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'MEDIA_UNREADABLE', data: { media: file } });
});

test('a file without pictures, one too slow, one too large', async () => {
  const folder = tempFolder();
  const make = (name: string, ...args: string[]): string => {
    const file = path.join(folder, name);
    const { status } = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', ...args, file]);
    expect(status).toBe(0);
    return file;
  };
  const sound = make('sound.mp4', '-i', 'sine=duration=1');
  await expect(videoReader().describe(sound)).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
  const slow = make('slow.mp4', '-i', 'testsrc2=s=64x64:r=1/4:d=20');
  await expect(videoReader().describe(slow)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  const large = make('large.avi', '-i', 'color=s=8448x8192:r=1:d=1', '-c:v', 'ffv1');
  await expect(videoReader().describe(large)).rejects.toMatchObject({ code: 'MEDIA_TOO_LARGE' });
});

test('without ffmpeg the error says where it was looked for', async () => {
  const folder = tempFolder();
  const reader = (ffmpeg: string): VideoReader => new VideoReader({ ffmpeg, labels: LABELS });
  await expect(reader(folder).describe(COUNT)).rejects.toMatchObject({ code: 'FFMPEG_NOT_FOUND' });
  const fake = path.join(folder, 'ffmpeg');
  fs.writeFileSync(fake, 'not a program', { mode: 0o755 });
  await expect(reader(fake).describe(COUNT)).rejects.toMatchObject({ code: 'FFMPEG_NOT_FOUND' });
  const program = spawnSync('which', ['ffmpeg'], { encoding: 'utf8' }).stdout.trim();
  expect(await reader(program).describe(COUNT)).toMatchObject({ frameCount: 90 });
  expect(await reader(path.dirname(program)).describe(COUNT)).toMatchObject({ frameCount: 90 });
});

test('200 damaged videos: frames or an error with a code, never anything else', async () => {
  const random = seeded(20_261_123);
  const folder = tempFolder();
  const original = fs.readFileSync(COUNT);
  const outcomes = new Map<string, number>();
  const spoil = async (n: number): Promise<void> => {
    const bytes = Buffer.from(original);
    // half of them in the header, where sizes and counts stand
    const span = n % 2 === 0 ? bytes.length : 1200;
    for (let change = 0; change <= n % 8; change += 1) {
      const at = Math.trunc(random() * span);
      if (n % 3 === 0) {
        bytes.writeUInt32BE(0xffff_ffff >>> Math.trunc(random() * 16), Math.min(at, span - 4));
      } else {
        bytes[at] = Math.trunc(random() * 256);
      }
    }
    const file = path.join(folder, `${n}.mp4`);
    fs.writeFileSync(file, bytes);
    const outcome = await videoReader()
      .readSheet(file, 'none')
      .then(
        ({ facts }) => (facts.indices.length > 0 ? 'frames' : 'nothing'),
        (error: unknown) => (error instanceof AppError ? error.code : String(error)),
      );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    fs.rmSync(file);
  };
  const cases = Array.from({ length: 200 }, (_, n) => n);
  const worker = async (): Promise<void> => {
    for (let n = cases.shift(); n !== undefined; n = cases.shift()) {
      await spoil(n);
    }
  };
  await Promise.all([worker(), worker()]);
  const known = ['frames', 'MEDIA_UNREADABLE', 'MEDIA_UNSUPPORTED', 'MEDIA_TOO_LARGE'];
  expect([...outcomes.keys()].filter((outcome) => !known.includes(outcome))).toEqual([]);
  expect([...outcomes.values()].reduce((a, b) => a + b)).toBe(200);
  expect(outcomes.get('MEDIA_UNREADABLE')).toBeGreaterThan(20);
}, 240_000);

/** Numbers from 0 to 1 that are the same every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
