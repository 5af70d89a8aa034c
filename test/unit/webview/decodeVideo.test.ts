// What decides whether a video may be decoded without ffmpeg.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { hidesFrames } from '../../../webview/video/editLists';
import { frameRate } from '../../../webview/video/frameRate';
import { FIXTURES } from '../../support/paths';

function packetsAt(rate: number, count = 60): { packets: { duration: number }[]; times: number[] } {
  const times = Array.from({ length: count }, (_, n) => n / rate);
  return { packets: times.map(() => ({ duration: 1 / rate })), times };
}

test('a constant rate is known, also in whole milliseconds', () => {
  const { packets, times } = packetsAt(30_000 / 1001);
  expect(frameRate(packets, times, true)).toBeCloseTo(30_000 / 1001, 9);
  const rounded = times.map((time) => Math.round(time * 1000) / 1000);
  expect(frameRate(packets, rounded, false)).toBeCloseTo(30_000 / 1001, 1);
});

test('a rate that varies is known from durations only, and one next to a half never', () => {
  const packets = [0.1, 0.1, 0.2, 0.1].map((duration) => ({ duration }));
  const times = [0, 0.1, 0.2, 0.4];
  expect(frameRate(packets, times, true)).toBeCloseTo(8, 9);
  expect(frameRate(packets, times, false)).toBeUndefined();
  const half = packetsAt(12.51);
  expect(frameRate(half.packets, half.times, true)).toBeUndefined();
  expect(frameRate([], [], false)).toBeUndefined();
});

test('an edit that ends before the video hides frames', () => {
  const bytes = fs.readFileSync(path.join(FIXTURES, 'videos/count.mp4'));
  const file = (): ArrayBuffer => new Uint8Array(bytes).buffer;
  expect(hidesFrames(file(), 90 / (30_000 / 1001))).toBe(false);
  expect(hidesFrames(file(), 4)).toBe(true);
  expect(hidesFrames(file().slice(0, 100), 4)).toBe(false);
  expect(hidesFrames(new ArrayBuffer(0), 4)).toBe(false);
});
