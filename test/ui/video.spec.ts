// A video in the review editor and in the side panel.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Frame } from '@playwright/test';
import sharp from 'sharp';
import { ROOT } from '../harness/setup.mjs';
import { violations } from './axe';
import { expect, test } from './vscode';

const VIDEO_ROW = '#row-14';

function position(frame: Frame): Promise<number> {
  return frame.evaluate(() => document.querySelector('video')?.currentTime ?? -1);
}

test('a video plays, and shows the frames the model saw', async ({ workbench }, info) => {
  const window = await workbench.start();
  const editor = await window.review();
  await editor.locator('.qlist').evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await editor.locator(VIDEO_ROW).click();
  await expect(editor.locator('.card .val')).toHaveCount(3, { timeout: 60_000 });
  await expect(editor.locator('.mtools')).toContainText('480 × 270 · 7.6 s');
  await expect(editor.locator('.framehead')).toContainText('8 frames the model saw');
  const frames = editor.locator('.frame');
  await expect(frames).toHaveCount(8);
  await expect(editor.locator('.ticks i')).toHaveCount(8);
  await expect(editor.locator('.vctl .n').last()).toHaveText('0:07.60');
  // the pictures really came
  const widths = await frames
    .locator('img')
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  expect(widths).toEqual(new Array(8).fill(192));

  await frames.nth(4).click();
  await expect(frames.nth(4)).toHaveAttribute('aria-current', 'true');
  expect(await position(editor)).toBeCloseTo(4.05, 2);
  await editor.locator('.card').first().focus();
  await window.page.keyboard.press('.');
  expect(await position(editor)).toBeCloseTo(4.15, 2);
  await window.page.keyboard.press(',');
  await window.page.keyboard.press(',');
  expect(await position(editor)).toBeCloseTo(3.95, 2);
  await window.page.keyboard.press('<');
  await expect(editor.getByRole('button', { name: 'Speed 0.5×' })).toBeVisible();
  await window.page.keyboard.press('>');
  await window.page.keyboard.press('>');
  await expect(editor.getByRole('button', { name: 'Speed 2×' })).toBeVisible();
  await editor.locator('video').focus();
  await window.page.keyboard.press(' ');
  await expect.poll(() => position(editor)).toBeGreaterThan(4.4);
  await window.page.keyboard.press(' ');
  await expect(editor.getByRole('button', { name: 'Play' })).toBeVisible();
  await info.attach('editor', { body: await window.page.screenshot(), contentType: 'image/png' });
  expect(await violations(editor)).toEqual([]);
  expect(window.complaints).toEqual([]);
});

test('the panel follows a video; what can’t be played shows its frames alone', async ({
  workbench,
}, info) => {
  const window = await workbench.start();
  const row = fs
    .readFileSync(window.path('everyday.candidates.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .at(-1);
  // MPEG-4 part 2 in AVI: ffmpeg reads it, no browser does
  fs.copyFileSync(path.join(ROOT, 'test/fixtures/videos/old.avi'), window.path('video/old.avi'));
  const old = (row ?? '').replace('blocks-03', 'old-1').replace('blocks.mp4', 'old.avi');
  fs.writeFileSync(window.path('old.candidates.jsonl'), `${old}\n`);

  const panel = await window.followPicture('blocks.mp4', 3);
  await expect(panel.locator('.sname')).toHaveText('blocks.mp4');
  await expect(panel.locator('.acch .nm')).toHaveText(['blocks-03']);
  await expect(panel.locator('.frame')).toHaveCount(8);
  await expect(panel.locator('video')).toBeVisible();
  await info.attach('panel', { body: await window.page.screenshot(), contentType: 'image/png' });
  expect(await violations(panel)).toEqual([]);

  const editor = await window.review('old.candidates.jsonl', 3);
  await expect(editor.getByText('VS Code can’t play this video.')).toBeVisible();
  await expect(editor.locator('.frame')).toHaveCount(3);
  await expect(editor.locator('.frame').first()).toBeDisabled();
  expect(await violations(editor)).toEqual([]);
  expect(window.complaints).toEqual([]);
});

test('a video that comes as pictures is shown frame by frame', async ({ workbench }, info) => {
  const window = await workbench.start();
  fs.mkdirSync(window.path('clip'));
  for (const n of [1, 2, 10]) {
    const background = { r: 20 * n, g: 90, b: 255 - 20 * n };
    await sharp({ create: { width: 320, height: 200, channels: 3, background } })
      .png()
      .toFile(window.path(`clip/f${n}.png`));
  }
  const asked = { prompt: 'What happens?', candidates: ['It turns red.', 'Nothing.'] };
  const rows = [
    { id: 'list', ...asked, videos: [['clip/f1.png', 'clip/f2.png', 'clip/f10.png']] },
    { id: 'folder', ...asked, videos: ['clip'] },
    { id: 'lacking', ...asked, videos: [['clip/f1.png', 'clip/f3.png']] },
  ];
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
  fs.writeFileSync(window.path('clips.candidates.jsonl'), lines.join(''));

  const editor = await window.review('clips.candidates.jsonl', 2);
  await expect(editor.locator('.card .val')).toHaveCount(2, { timeout: 60_000 });
  await expect(editor.locator('.mtools')).toContainText('320 × 200 · 3 frames');
  await expect(editor.locator('.framehead')).toContainText('3 frames the model saw');
  const large = editor.locator('.player .view img');
  await expect(large).toHaveAttribute('alt', 'Frame 1 of 3');
  await expect
    .poll(() => large.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBe(320);
  await editor.locator('.frame').nth(2).click();
  await expect(large).toHaveAttribute('alt', 'Frame 3 of 3');
  await expect(large).toHaveAttribute('src', /f10\.png/);
  await editor.locator('.card').first().focus();
  await window.page.keyboard.press(',');
  await expect(large).toHaveAttribute('alt', 'Frame 2 of 3');
  await info.attach('frames', { body: await window.page.screenshot(), contentType: 'image/png' });
  expect(await violations(editor)).toEqual([]);

  const rewards = await editor.locator('.card .val').allTextContents();
  await editor.locator('#row-1').click();
  await expect(editor.locator('.fname')).toHaveText('clip');
  await expect(editor.locator('.card .val')).toHaveText(rewards);
  await editor.locator('#row-2').click();
  await expect(editor.locator('.media .error')).toContainText('clip/f3.png');
  expect(window.complaints).toEqual([]);
});

interface CacheLine {
  readonly media: readonly { readonly path: string }[];
  readonly candidates: Readonly<Record<string, { readonly reward: number }>>;
}

/** Rewards of one sample by the command, which has ffmpeg. */
function rewardsByFfmpeg(id: string): number[] {
  const samples = path.join(ROOT, 'test/fixtures/samples/everyday.candidates.jsonl');
  const { stdout } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'dist/cli.js'), 'score', samples],
    {
      encoding: 'utf8',
      env: { ...process.env, REWARDLENS_MODEL: '' },
    },
  );
  const rows = stdout.trim().split('\n');
  const row = rows.find((line) => line.includes(`"${id}"`)) ?? '{}';
  return (JSON.parse(row) as { rewards: number[] }).rewards;
}

test('without ffmpeg VS Code decodes the video, and the rewards are the same', async ({
  workbench,
}) => {
  // a setting of the machine: neither a workspace nor a user elsewhere decides what is run
  const home = workbench.home();
  const settings = path.join(home, 'data/Machine/settings.json');
  fs.writeFileSync(settings, '{"rewardlens.video.ffmpegPath": "/nowhere/ffmpeg"}');
  const window = await workbench.window(await workbench.server(home), home, workbench.workspace());
  const editor = await window.review();
  await editor.locator('.qlist').evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await editor.locator(VIDEO_ROW).click();
  await expect(editor.locator('.frame')).toHaveCount(8, { timeout: 60_000 });
  await expect(editor.locator('.mtools')).toContainText('480 × 270 · 7.6 s');
  await expect(editor.locator('.card .val')).toHaveCount(3, { timeout: 60_000 });
  const stored = path.join(home, 'data/User/globalStorage');
  const files = fs.readdirSync(stored, { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.endsWith('.frames-1'))).toHaveLength(1);
  // every bit: the cache keeps what the engine answered
  const cache = files.find((name) => name.endsWith('rewards.jsonl')) ?? '';
  const rewards = fs
    .readFileSync(path.join(stored, cache), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CacheLine)
    .find(({ media }) => media.some(({ path: name }) => name === 'video/blocks.mp4'));
  expect(Object.values(rewards?.candidates ?? {}).map(({ reward }) => reward)).toEqual(
    rewardsByFfmpeg('blocks-03'),
  );
  expect(window.complaints).toEqual([]);

  // what no browser decodes says so, and how to install ffmpeg
  const row = fs.readFileSync(window.path('everyday.candidates.jsonl'), 'utf8').trim().split('\n');
  fs.copyFileSync(path.join(ROOT, 'test/fixtures/videos/old.avi'), window.path('video/old.avi'));
  const old = (row.at(-1) ?? '').replace('blocks-03', 'old-1').replace('blocks.mp4', 'old.avi');
  fs.writeFileSync(window.path('old.candidates.jsonl'), `${old}\n`);
  await window.openFile('old.candidates.jsonl');
  const other = await window.frame('editor');
  await expect(other.locator('.player .msg.error')).toContainText('apt install ffmpeg');
  await expect(other.locator('.card').first()).toContainText(
    'No ffmpeg was found at /nowhere/ffmpeg',
  );
  await expect(other.locator('.card').first()).toContainText('own decoder can’t be used');
  // set right, it scores without a restart of VS Code
  fs.writeFileSync(settings, '{}');
  await expect(other.locator('.card .val')).toHaveCount(3, { timeout: 60_000 });
});
