// Videos that come as pictures: lists of frames and folders of them.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { CLI, tempFolder } from '../../support/paths';

async function frame(file: string, shade: number, width = 64): Promise<void> {
  const create = { width, height: 48, channels: 3 as const };
  const background = { r: shade, g: 255 - shade, b: 90 };
  await sharp({ create: { ...create, background } })
    .png()
    .toFile(file);
}

/** Twelve frames in a folder, numbered without zeros. */
async function clip(): Promise<{ readonly folder: string; readonly names: readonly string[] }> {
  const folder = tempFolder();
  fs.mkdirSync(path.join(folder, 'clip'));
  const names = Array.from({ length: 12 }, (_, n) => `clip/frame_${n + 1}.png`);
  for (const [n, name] of names.entries()) {
    await frame(path.join(folder, name), 20 * n);
  }
  return { folder, names };
}

function run(folder: string, command: string, rows: readonly object[], args: readonly string[]) {
  const file = path.join(folder, 'd.candidates.jsonl');
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, command, file, ...args], {
    encoding: 'utf8',
    // pictures need no ffmpeg
    env: { ...process.env, REWARDLENS_MODEL: '', REWARDLENS_FFMPEG: '/nowhere', PATH: '' },
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return {
    code: status,
    rows: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    err: stderr,
  };
}

const asked = { prompt: 'What happens?', candidates: ['It gets brighter.', 'Nothing.'] };

test('score: a list, its folder and MM-RLHF’s folder are one video', async () => {
  const { folder, names } = await clip();
  const rows = [
    { id: 'list', ...asked, videos: [names] },
    { id: 'folder', ...asked, videos: ['clip'] },
    { id: 'other', ...asked, videos: [[...names].reverse()] },
    {
      id: 'mm',
      video: 'clip',
      prompt: asked.prompt,
      chosen: 'It gets brighter.',
      rejected: 'Nothing.',
    },
  ];
  const { code, rows: scored } = run(folder, 'score', rows, []);
  expect(code).toBe(0);
  const [list, inFolder, other, mm] = scored.map(({ rewards }) => rewards as number[]);
  expect(list?.every(Number.isFinite)).toBe(true);
  expect(inFolder).toEqual(list);
  expect(mm).toEqual(list);
  expect(other).not.toEqual(list);

  // another picture under the name of a frame is another video
  await frame(path.join(folder, 'clip/frame_5.png'), 255);
  const again = run(folder, 'score', rows, []).rows;
  expect(again[0]?.rewards).not.toEqual(list);
}, 120_000);

test('inspect: of many frames the published choice is made', async () => {
  const { folder, names } = await clip();
  const many = Array.from({ length: 66 }, (_, n) => names[n % names.length] ?? '');
  const { rows } = run(folder, 'inspect', [{ ...asked, videos: [many] }], []);
  const [image] = rows[0]?.images as { video: { indices: number[]; isList: boolean } }[];
  expect(image?.video).toMatchObject({ isList: true, frameCount: 66 });
  expect(image?.video.indices).toEqual(Array.from({ length: 32 }, (_, n) => 2 * n));
}, 60_000);

test('score: a frame that is missing, outside or of another size is named', async () => {
  const { folder, names } = await clip();
  await frame(path.join(folder, 'wide.png'), 9, 80);
  const rows = ['clip/none.png', '../secret.png', 'wide.png'].map((bad) => ({
    ...asked,
    videos: [[...names, bad]],
  }));
  const { code, rows: scored } = run(folder, 'score', [...rows, { ...asked, videos: [[]] }], []);
  expect(code).toBe(1);
  const faults = scored.map(({ error }) => error as { code: string; message: string });
  expect(faults.map((each) => each.code)).toEqual([
    'MEDIA_NOT_FOUND',
    'MEDIA_OUTSIDE_ROOT',
    'MEDIA_UNSUPPORTED',
    'ROW_SHAPE',
  ]);
  for (const [n, word] of ['clip/none.png', '../secret.png', 'wide.png'].entries()) {
    expect(faults[n]?.message).toContain(word);
  }
}, 60_000);

test('export: lists of frames are written back, or left out where they have no place', async () => {
  const { folder, names } = await clip();
  const rows = [{ id: 'a', ...asked, videos: [names, 'clip'], images: [] }];
  const rewards = path.join(folder, 'scored.jsonl');
  const scored = { id: 'a', line: 1, rewards: [2, 1], order: [0, 1] };
  fs.writeFileSync(rewards, `${JSON.stringify(scored)}\n`);
  const exported = (format: string, media: string) => {
    const out = path.join(folder, `${format}-${media}.jsonl`);
    const args = ['--from', 'rewards', '--rewards', rewards, '--format', format, '--out', out];
    const { code, err } = run(folder, 'export', rows, [...args, '--media', media]);
    const text = code === 0 ? fs.readFileSync(out, 'utf8') : '{}';
    return { code, err, row: JSON.parse(text) as { videos?: (string | string[])[] } };
  };
  expect(exported('rewardlens', 'relative').row.videos).toEqual([names, 'clip']);

  const [list, copied] = exported('rewardlens', 'copy').row.videos ?? [];
  expect(list).toHaveLength(names.length);
  for (const file of list ?? []) {
    expect(fs.existsSync(path.join(folder, file))).toBe(true);
  }
  expect(fs.readdirSync(path.join(folder, String(copied)))).toHaveLength(names.length);

  const embedded = exported('rewardlens', 'embed').row.videos ?? [];
  expect(embedded.flat().every((url) => url.startsWith('data:image/png'))).toBe(true);
  expect(embedded.flat()).toHaveLength(2 * names.length);

  const refused = exported('trl', 'relative');
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain('no place for a video as a list of its frames');
}, 120_000);

test('export: trainers get a folder as its list, and lists apart from files', async () => {
  const { folder, names } = await clip();
  fs.writeFileSync(path.join(folder, 'film.mp4'), '');
  const rows = [
    { id: 'folder', ...asked, videos: ['clip'] },
    { id: 'list', ...asked, prompt: 'And here?', videos: [names.slice(0, 3)] },
    { id: 'file', ...asked, prompt: 'And there?', videos: ['film.mp4'] },
    { id: 'both', ...asked, prompt: 'And in both?', videos: ['clip', 'film.mp4'] },
  ];
  const rewards = path.join(folder, 'scored.jsonl');
  const exported = (format: string, data: typeof rows, out: string, media = 'relative') => {
    const scored = data.map(({ id }, n) => ({ id, line: n + 1, rewards: [2, 1], order: [0, 1] }));
    fs.writeFileSync(rewards, scored.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const args = [
      '--from',
      'rewards',
      '--rewards',
      rewards,
      '--format',
      format,
      '--out',
      path.join(folder, out),
    ];
    return run(folder, 'export', data, [...args, '--media', media]);
  };
  const read = (file: string): { videos?: unknown }[] => {
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    return text.startsWith('[')
      ? (JSON.parse(text) as { videos?: unknown }[])
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { videos?: unknown });
  };

  for (const format of ['ms-swift', 'ms-swift-kto'] as const) {
    const { code, err } = exported(format, rows, 'swift.jsonl');
    expect(code).toBe(3);
    expect(err).toContain('begins with lists');
    expect(err).toContain('not both in one row');
    const [first, ...others] = read('swift.jsonl');
    expect(first?.videos).toEqual([names]);
    expect(others.at(-1)?.videos).toEqual([names.slice(0, 3)]);
  }
  const copied = exported('ms-swift', rows.slice(0, 1), 'copy.jsonl', 'copy');
  expect(copied.code).toBe(0);
  const [frames] = read('copy.jsonl')[0]?.videos as string[][];
  expect(frames).toHaveLength(names.length);
  expect(frames?.every((file) => fs.existsSync(path.join(folder, file)))).toBe(true);

  // files first: lists are what is left out
  const files = exported('llamafactory-sharegpt', [...rows].reverse(), 'lf');
  expect(files.code).toBe(3);
  expect(files.err).toContain('begins with files');
  expect(read('lf/d_sharegpt.json').map(({ videos }) => videos)).toEqual([['../film.mp4']]);
}, 120_000);
