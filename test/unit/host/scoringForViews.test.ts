// What is scored for whom, when several views show one dataset and what they show changes.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../../src/base/logger';
import { AppError } from '../../../src/base/errors';
import { ReviewEditor } from '../../../src/host/documents/reviewEditor';
import type { ToWebview } from '../../../src/protocol/reviewProtocol';
import { failedScore } from '../../../src/sample/reward';
import { DEFAULT_SCORE_OPTIONS, type Scorer } from '../../../src/sample/scorer';
import { CachedScorer } from '../../../src/scoring/cachedScorer';
import { RewardCache } from '../../../src/scoring/rewardCache';
import { LengthScorer } from '../../support/fakeScorer';
import { tempFolder } from '../../support/paths';
import { changed, setSetting } from './fakeVscode';
import { datasetOf, endHosts, fakePanel, startHost } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(endHosts);

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `s${n}`, prompt: 'p', candidates: ['x', 'yyy'] }));

async function openEditor(host: ReturnType<typeof startHost>, file: string) {
  const { webview, panel, setVisible } = fakePanel();
  const editor = new ReviewEditor(host.services, panel, file);
  await editor.open();
  await webview.last('sample');
  return { webview, editor, setVisible };
}

/** Scores wait until they are let go; what is given up ends at once. */
function heldScorer() {
  const waiting = new Set<() => void>();
  const scorer = new LengthScorer(
    (_, signal) =>
      new Promise<void>((resolve, reject) => {
        waiting.add(resolve);
        signal?.addEventListener('abort', () => {
          waiting.delete(resolve);
          reject(new AppError('CANCELLED', 'cancelled'));
        });
      }),
  );
  return { scorer, waiting, go: () => waiting.forEach((resolve) => resolve()) };
}

test('“Score again” in one view: the other gets the rewards, whoever goes on', async () => {
  const host = startHost();
  const { scorer, waiting, go } = heldScorer();
  host.engine.scorer = scorer;
  const file = datasetOf(rowsOf(2));
  const one = await openEditor(host, file);
  const two = await openEditor(host, file);
  const { sample } = await one.webview.last('sample');
  await vi.waitFor(() => expect(scorer.requests).toHaveLength(1));
  one.webview.send({ type: 'scoreAgain', key: sample.key });
  await vi.waitFor(() => expect(scorer.requests).toHaveLength(2));
  await one.webview.ask({ type: 'openRow', row: 1, takeFocus: false });
  await vi.waitFor(() => expect(waiting.size).toBe(2));
  go();
  const { score } = await two.webview.last('score', ({ score }) =>
    score.candidates.every(({ state }) => state === 'scored'),
  );
  expect(score.candidates).toMatchObject([{ reward: 1 }, { reward: 3 }]);
});

/** The reward is the size of the picture. */
const pictureScorer = (): Scorer => ({
  score: async ({ sample, mediaRoot }) => {
    const { error: _, ...empty } = failedScore(2, { code: 'INTERNAL', message: '' });
    const size = fs.statSync(path.join(mediaRoot, sample.images[0] ?? '')).size;
    return { ...empty, rewards: sample.candidates.map(() => size) };
  },
});

async function openPictures() {
  const host = startHost();
  host.engine.scorer = pictureScorer();
  const file = datasetOf(
    [0, 1].map((n) => ({ ...rowsOf(1)[0], id: `s${n}`, images: ['p[1].png'] })),
  );
  const picture = path.join(path.dirname(file), 'p[1].png');
  fs.writeFileSync(picture, 'a');
  return { host, file, picture };
}

const rewardIs =
  (reward: number) => (message: Extract<ToWebview, { type: 'score' | 'sample' }>) => {
    const { candidates } = message.type === 'score' ? message.score : message.sample.score;
    return candidates.every((each) => each.state === 'scored' && each.reward === reward);
  };

test('a picture that is replaced while it is shown: shown and scored anew', async () => {
  const { host, file, picture } = await openPictures();
  const { webview } = await openEditor(host, file);
  await webview.last('score', rewardIs(1));
  const before = (await webview.last('sample')).sample.media[0]?.uri;
  webview.posted.length = 0;
  fs.writeFileSync(picture, 'abc');
  changed(picture);
  await webview.last('score', rewardIs(3));
  expect((await webview.last('sample')).sample.media[0]?.uri).not.toBe(before);
});

test('a picture that was replaced while another sample was shown: no old reward, also in rows', async () => {
  const { host, file, picture } = await openPictures();
  const { webview } = await openEditor(host, file);
  await webview.last('score', rewardIs(1));
  await webview.ask({ type: 'openRow', row: 1, takeFocus: false });
  await webview.last('sample', ({ sample }) => sample.id === 's1');
  await webview.last('score', rewardIs(1));
  fs.writeFileSync(picture, 'abc');
  webview.send({ type: 'rows', rows: [0] });
  await webview.last(
    'rows',
    ({ rows }) => rows[0]?.row === 0 && rows[0].values.margin === undefined,
  );
  webview.posted.length = 0;
  await webview.ask({ type: 'openRow', row: 0, takeFocus: false });
  const [first] = webview.all('sample');
  expect(first?.sample.score.candidates).not.toContainEqual(expect.objectContaining({ reward: 1 }));
  await webview.last('score', rewardIs(3));
});

test('a replaced picture has no reward either where nothing is scored unasked, and the batch sees it', async () => {
  setSetting('scoring.scoreOnOpen', false);
  const { host, file, picture } = await openPictures();
  const share = await host.services.sessions.share(file);
  const all = () => share.dataset.scoring.all(() => undefined, new AbortController().signal);
  await all();
  const { webview } = await openEditor(host, file);
  await webview.last('sample', rewardIs(1));
  fs.writeFileSync(picture, 'abc');
  changed(picture);
  await webview.last('sample', ({ sample }) => sample.score.candidates[0]?.state === 'none');
  await all();
  expect(share.dataset.session.scores.lastOf(2)?.rewards).toEqual([3, 3]);
  share.dispose();
});

test('a picture that is replaced while it is scored: the reward is that of the new one', async () => {
  const { host, file, picture } = await openPictures();
  const inner = pictureScorer();
  let isFirst = true;
  host.engine.scorer = {
    score: async (...args) => {
      const score = await inner.score(...args);
      if (isFirst) {
        isFirst = false;
        fs.writeFileSync(picture, 'abcd'); // nobody has seen it yet
      }
      return score;
    },
  };
  const { webview } = await openEditor(host, file);
  await webview.last('score', rewardIs(4));
  expect(webview.all('score').some(rewardIs(1))).toBe(false);
});

test('a hidden editor reads, posts and scores nothing, and shows everything once it is visible', async () => {
  const host = startHost();
  const scorer = new LengthScorer();
  host.engine.scorer = scorer;
  const file = datasetOf(rowsOf(30));
  const { webview, setVisible } = await openEditor(host, file);
  const query = { sort: 'margin' as const, descending: false, filter: { marginBelow: 10 } };
  webview.send({ type: 'queue', query });
  await webview.last('queue', ({ queue }) => queue.share === 1);
  const share = await host.services.sessions.share(file);
  setVisible(false);
  webview.posted.length = 0;
  await share.dataset.scoring.all(() => undefined, new AbortController().signal);
  await share.dataset.session.record(await share.dataset.session.sample(0), {
    kind: 'edit',
    candidate: 0,
    text: 'longer',
  });
  // longer than the queue waits before it looks again
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(webview.posted).toEqual([]);
  const scored = scorer.requests.length;
  expect(scored).toBe(30);
  setVisible(true);
  await webview.last('queue', ({ queue }) => queue.rows?.length === 30);
  const { sample } = await webview.last('sample');
  expect(sample.candidates[0]?.text).toBe('longer');
  expect(webview.all('sample')).toHaveLength(1);
  await vi.waitFor(() => expect(scorer.requests).toHaveLength(scored + 1));
  share.dispose();
});

test('rewards of an earlier window: filters and sorts of the queue know them, nothing is computed', async () => {
  setSetting('scoring.scoreOnOpen', false);
  const host = startHost();
  const cache = new RewardCache(path.join(tempFolder(), 'rewards.jsonl'), silentLogger);
  const scorer = new LengthScorer();
  const cached = new CachedScorer(scorer, cache, 'model', async () => 'cpu');
  const file = datasetOf(
    [3, 1, 2].map((n) => ({ prompt: `p${n}`, candidates: ['x'.repeat(n), ''] })),
  );
  const options = DEFAULT_SCORE_OPTIONS;
  const mediaRoot = path.dirname(file);
  const before = await host.services.sessions.share(file);
  for (const row of [0, 1, 2]) {
    const sample = await before.dataset.session.sample(row);
    expect(await cached.known({ sample, mediaRoot, options })).toBeUndefined();
    await cached.score({ sample, mediaRoot, options });
  }
  before.dispose();
  const read = new RewardCache(cache.path, silentLogger);
  const other = new CachedScorer(scorer, read, 'other model', async () => 'cpu');
  const again = new CachedScorer(scorer, read, 'model', async () => 'cpu');
  host.engine.knownScore = (request) => again.known(request);
  const { webview } = await openEditor(host, file);
  const query = { sort: 'margin' as const, descending: false, filter: { marginBelow: 10 } };
  webview.send({ type: 'queue', query });
  const { queue } = await webview.last('queue', ({ queue }) => queue.rows?.length === 3);
  expect([...(queue.rows ?? [])]).toEqual([1, 2, 0]);
  expect(scorer.requests).toHaveLength(3);
  const share = await host.services.sessions.share(file);
  const sample = await share.dataset.session.sample(0);
  expect(await other.known({ sample, mediaRoot, options })).toBeUndefined();
  share.dispose();
});
