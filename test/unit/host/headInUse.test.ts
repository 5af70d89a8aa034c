// The head that the settings name: used, named, refused with what to do, and read again when it changes.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../../src/base/logger';
import { encodeError } from '../../../src/base/errors';
import { headDetail, HeadInUse, headName } from '../../../src/host/headInUse';
import { describeError } from '../../../src/host/messages';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';
import { CachedScorer } from '../../../src/scoring/cachedScorer';
import { HeadedScorer } from '../../../src/scoring/headedScorer';
import { RewardCache } from '../../../src/scoring/rewardCache';
import { LengthScorer } from '../../support/fakeScorer';
import { writeHead } from '../../support/heads';
import { tempFolder } from '../../support/paths';
import { sampleOf } from '../../support/samples';
import { reset, setSetting, world } from './fakeVscode';
import { datasetOf, endHosts, startHost } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(() => {
  endHosts();
  reset();
});

const MODEL = 'demo:fp16:1';
const SETTING = 'model.headFile';

test('without a setting the model’s own head scores; with one, that head, by name', async () => {
  const heads = new HeadInUse();
  expect(await heads.head(MODEL)).toBeUndefined();
  expect([headName(heads.state), headDetail(heads.state)]).toEqual([[], []]);
  const file = writeHead(MODEL, [1, 2]);
  setSetting(SETTING, file);
  const head = await heads.head(MODEL);
  expect(head?.model).toBe(MODEL);
  expect(headName(heads.state)).toEqual(['head short.head.json']);
  expect(headDetail(heads.state)).toEqual([
    `Head ${file}, fitted to 500 pairs.`,
    'Gain: +25.6 points (95 % interval +19.4 to +31.8).',
    'Rewards are not those of the published head.',
  ]);
  setSetting(SETTING, '');
  expect(await heads.head(MODEL)).toBeUndefined();
  expect(headName(heads.state)).toEqual([]);
});

test('a relative path starts at the workspace', async () => {
  const file = writeHead(MODEL, [1, 2]);
  world.folders = [path.dirname(file)];
  setSetting(SETTING, path.basename(file));
  expect(await new HeadInUse().head(MODEL)).toBeDefined();
});

test('a head that can’t be used gives no rewards, says why and what to do', async () => {
  const heads = new HeadInUse();
  const refusal = async (): Promise<string> =>
    heads.head(MODEL).then(
      () => 'none',
      (error: unknown) => describeError(encodeError(error)),
    );
  const remedy = 'Fit a head to this model, or clear the setting rewardlens.model.headFile';
  setSetting(SETTING, writeHead('other:fp16:2', [1, 2]));
  expect(await refusal()).toContain('The head belongs to the model other:fp16:2');
  expect(await refusal()).toContain(remedy);
  expect(heads.state).toMatchObject({ type: 'fault', text: await refusal() });
  const missing = path.join(tempFolder(), 'gone.json');
  setSetting(SETTING, missing);
  expect(await refusal()).toContain(missing);
  expect(await refusal()).toContain(remedy);
  fs.writeFileSync(missing, '{');
  expect(await refusal()).toContain('not JSON');
});

test('another head in the same file makes rewards void; the same head does not', async () => {
  const heads = new HeadInUse();
  let replaced = 0;
  heads.onReplaced.on(() => (replaced += 1));
  const file = writeHead(MODEL, [1, 2]);
  setSetting(SETTING, file);
  const first = await heads.head(MODEL);
  fs.utimesSync(file, 1, 1);
  expect(await heads.head(MODEL)).toEqual(first);
  expect(replaced).toBe(0);
  writeHead(MODEL, [3, 4], file);
  expect((await heads.head(MODEL))?.id).not.toBe(first?.id);
  expect(replaced).toBe(1);
  fs.writeFileSync(file, 'damaged');
  await expect(heads.head(MODEL)).rejects.toMatchObject({ code: 'HEAD_INVALID' });
  writeHead(MODEL, [3, 4], file);
  await heads.head(MODEL);
  expect(replaced).toBe(3);
});

test('rewards of two heads share neither a cache entry nor a name', async () => {
  const cache = new RewardCache(path.join(tempFolder(), 'rewards.jsonl'), silentLogger);
  const inner = new LengthScorer();
  const device = (): Promise<string> => Promise.resolve('cpu');
  setSetting(SETTING, writeHead(MODEL, [1, 2]));
  const head = await new HeadInUse().head(MODEL);
  const under = (own: typeof head): HeadedScorer =>
    new HeadedScorer(new CachedScorer(inner, cache, MODEL, device), MODEL, own, device);
  const sample = sampleOf({ candidates: [{ text: 'one' }] });
  const request = { sample, mediaRoot: '/', options: DEFAULT_SCORE_OPTIONS };
  for (const own of [undefined, head, undefined, head]) {
    await under(own).score(request);
  }
  expect(inner.requests.map(({ options }) => options.head?.id)).toEqual([undefined, head?.id]);
  expect(await under(undefined).identityOf(undefined)).toBe(MODEL);
  expect(await under(head).identityOf('webgpu')).toBe(`${MODEL}+${head?.id ?? ''}@webgpu`);
});

test('a change of the setting scores anew', async () => {
  const { services, engine } = startHost();
  const share = await services.sessions.share(datasetOf([{ prompt: 'p', candidates: ['a', 'b'] }]));
  const { session, scoring } = share.dataset;
  await scoring.all(() => undefined, new AbortController().signal);
  expect(session.scores.lastOf(1)?.rewards).toEqual([1, 1]);
  const before = engine.scorer as LengthScorer;
  setSetting(SETTING, '/heads/short.json');
  await vi.waitFor(() => expect(session.scores.lastOf(1)).toBeUndefined());
  await scoring.all(() => undefined, new AbortController().signal);
  expect(before.requests).toHaveLength(2);
  share.dispose();
});
