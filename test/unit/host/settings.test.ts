import { userInfo } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { MediaIndex } from '../../../src/host/mediaIndex';
import { describeError } from '../../../src/host/messages';
import {
  changesEngine,
  changesScores,
  datasetSettings,
  engineEnvironment,
} from '../../../src/host/settings';
import { silentLogger } from '../../../src/base/logger';
import { events, reset, setSetting, workspace, world } from './fakeVscode';

vi.mock('vscode', () => import('./fakeVscode'));
vi.mock('node:os', async (original) => {
  const real = await original<{ readonly userInfo: typeof userInfo }>();
  return { ...real, userInfo: vi.fn(real.userInfo) };
});

afterEach(() => {
  reset();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('a user without an entry in the system has a name all the same', () => {
  vi.mocked(userInfo).mockImplementation(() => {
    throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
  });
  const person = () => datasetSettings('/d/a.jsonl').person;
  vi.stubEnv('USER', 'mira');
  expect(person()).toBe('mira');
  vi.stubEnv('USER', '');
  vi.stubEnv('USERNAME', 'tom');
  expect(person()).toBe('tom');
  vi.stubEnv('USERNAME', '');
  expect(person()).toBe('reviewer');
  setSetting('review.person', 'ada');
  expect(person()).toBe('ada');
});

test('the engine is told where ffmpeg is and how much room it has, and starts anew for that', () => {
  expect(engineEnvironment()).toEqual({ REWARDLENS_CACHE_GB: '4' });
  setSetting('video.ffmpegPath', '/opt/ffmpeg');
  setSetting('cache.gigabytes', 0);
  expect(engineEnvironment()).toEqual({
    REWARDLENS_CACHE_GB: '0',
    REWARDLENS_FFMPEG: '/opt/ffmpeg',
  });
  const seen: [boolean, boolean][] = [];
  events.configuration.on((event) => seen.push([changesEngine(event), changesScores(event)]));
  setSetting('cache.gigabytes', 1);
  setSetting('video.ffmpegPath', '');
  setSetting('review.keys', false);
  expect(seen).toEqual([
    [true, false],
    [true, true],
    [false, false],
  ]);
});

test('a search that fails is tried again', async () => {
  const index = new MediaIndex({
    ...silentLogger,
    show: () => undefined,
    dispose: () => undefined,
  });
  vi.spyOn(workspace, 'findFiles').mockRejectedValueOnce(new Error('not now'));
  await expect(index.usesOf('/d/p.png')).rejects.toThrow('not now');
  expect(await index.usesOf('/d/p.png')).toEqual({ uses: [], unread: [], isCut: false });
  index.dispose();
});

test('an engine that died once is not said to have died three times', () => {
  const error = { code: 'ENGINE_STOPPED', message: 'the scoring engine stopped' } as const;
  expect(describeError(error)).toContain('stopped before it was done');
  expect(describeError({ ...error, data: { tries: 3 } })).toContain('stopped 3 times');
  expect(world.messages).toEqual([]);
});
