import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { silentLogger } from '../../../src/base/logger';
import type { RowResult } from '../../../src/formats/datasetRow';
import { CachedScorer } from '../../../src/scoring/cachedScorer';
import { RewardCache } from '../../../src/scoring/rewardCache';
import type { Scorer } from '../../../src/sample/scorer';
import { scoreRows, type ScoreJob, type ScoreOutcome } from '../../../src/scoring/scoreRows';
import { LengthScorer } from '../../support/fakeScorer';
import { FIXTURES, tempFolder } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';

const mediaRoot = path.join(FIXTURES, 'images');

async function* jobsOf(...rows: RowResult[]): AsyncGenerator<ScoreJob> {
  for (const row of rows) {
    yield { row, mediaRoot };
  }
}

const good = (id: string, text: string): RowResult => ({
  ok: true,
  sample: sampleOf({ id, candidates: [{ text }] }),
});
const bad: RowResult = {
  ok: false,
  line: 2,
  id: 'line-2',
  candidates: 1,
  error: { code: 'ROW_NOT_JSON', message: 'not JSON' },
};

async function collect(rows: AsyncGenerator<ScoreOutcome>): Promise<ScoreOutcome[]> {
  const outcomes: ScoreOutcome[] = [];
  for await (const outcome of rows) {
    outcomes.push(outcome);
  }
  return outcomes;
}

test('outcomes keep the order of the rows, bad rows among them', async () => {
  const slowFirst = new LengthScorer(async ({ sample }) => {
    await new Promise((resolve) => setTimeout(resolve, sample.id === 'a' ? 20 : 1));
  });
  const outcomes = await collect(
    scoreRows(jobsOf(good('a', 'xx'), bad, good('c', 'xxx')), {
      scorer: slowFirst,
      options: SAFE,
    }),
  );
  expect(outcomes.map(({ score }) => score.rewards)).toEqual([[2], [null], [3]]);
  expect(outcomes[1]?.score.error?.code).toBe('ROW_NOT_JSON');
});

test('an engine that died too often fails one sample, not the run', async () => {
  const poison = new LengthScorer(({ sample }) => {
    if (sample.id === 'poison') {
      throw new AppError('ENGINE_STOPPED', 'signal SIGSEGV');
    }
  });
  const outcomes = await collect(
    scoreRows(jobsOf(good('poison', 'x'), good('next', 'xx')), { scorer: poison, options: SAFE }),
  );
  expect(outcomes.map(({ score }) => score.error?.code)).toEqual(['ENGINE_STOPPED', undefined]);
});

test('a model that can’t be loaded ends the run', async () => {
  const broken = new LengthScorer(() => {
    throw new AppError('MODEL_INVALID', 'no');
  });
  await expect(
    collect(scoreRows(jobsOf(good('a', 'x'), good('b', 'x')), { scorer: broken, options: SAFE })),
  ).rejects.toMatchObject({ code: 'MODEL_INVALID' });
});

test('the cache answers the same question and nothing else', async () => {
  const file = path.join(tempFolder(), 'rewards.jsonl');
  const inner = new LengthScorer();
  const scorer = (fingerprint: string): CachedScorer =>
    new CachedScorer(inner, new RewardCache(file, silentLogger), fingerprint, async () => 'cpu');
  const sample = sampleOf({ images: ['tiny.png'] });
  const request = { sample, mediaRoot, options: SAFE };
  const first = await scorer('m1').score(request);
  // a new cache over the same file: as after a restart
  const again = await scorer('m1').score(request);
  expect(again.rewards).toEqual(first.rewards);
  expect(again.timing.cached).toEqual({ vision: true, prefix: true });
  expect(inner.requests).toHaveLength(1);

  await scorer('m2').score(request);
  await scorer('m1').score({ ...request, options: { ...SAFE, hdNum: 9 } });
  await scorer('m1').score({ ...request, sample: { ...sample, images: ['grey.png'] } });
  const other = [{ role: 'user' as const, content: 'Other?' }];
  await scorer('m1').score({ ...request, sample: { ...sample, messages: other } });
  expect(inner.requests).toHaveLength(5);

  // the same picture under another name, other candidates of a known prompt
  fs.copyFileSync(path.join(mediaRoot, 'tiny.png'), path.join(path.dirname(file), 'copy.png'));
  const moved = { ...sample, images: ['copy.png'] };
  await scorer('m1').score({ sample: moved, mediaRoot: path.dirname(file), options: SAFE });
  expect(inner.requests).toHaveLength(5);
  await scorer('m1').score({ ...request, sample: { ...sample, candidates: [{ text: 'new' }] } });
  expect(inner.requests).toHaveLength(6);
});

test('rewards of different devices never mix in the cache', async () => {
  const file = path.join(tempFolder(), 'rewards.jsonl');
  let computes = 'cpu';
  const inner = new LengthScorer();
  const device: Scorer = {
    score: async (request) => ({ ...(await inner.score(request)), computedOn: computes }),
  };
  const scorer = (shown: string | undefined): CachedScorer =>
    new CachedScorer(device, new RewardCache(file, silentLogger), 'm', async () => shown);
  const request = { sample: sampleOf(), mediaRoot, options: SAFE };
  const asked = async (shown: string | undefined): Promise<string | undefined> => {
    const before = inner.requests.length;
    const { computedOn } = await scorer(shown).score(request);
    return inner.requests.length === before ? `known from ${computedOn ?? ''}` : computedOn;
  };
  expect(await asked(undefined)).toBe('cpu');
  expect(await asked('cpu')).toBe('known from cpu');
  expect(await asked('webgpu')).toBe('cpu');
  computes = 'webgpu-plain';
  // computed elsewhere than expected: kept under the device that did it
  expect(await asked('webgpu')).toBe('webgpu-plain');
  expect(await asked('webgpu')).toBe('webgpu-plain');
  expect(await asked('webgpu-plain')).toBe('known from webgpu-plain');
  expect(await asked('cpu')).toBe('known from cpu');
});

test('only what is not known is asked for, and the answers find their places', async () => {
  const file = path.join(tempFolder(), 'rewards.jsonl');
  const inner = new LengthScorer();
  const scorer = new CachedScorer(
    inner,
    new RewardCache(file, silentLogger),
    'm',
    async () => 'cpu',
  );
  const requestOf = (...texts: string[]) => ({
    sample: sampleOf({ candidates: texts.map((text) => ({ text })) }),
    mediaRoot,
    options: SAFE,
  });
  await scorer.score(requestOf('a', 'bb', 'ccc'));
  const seen: unknown[] = [];
  const score = await scorer.score(requestOf('dddd', 'bb', 'eeeee', 'a'), (event) =>
    seen.push([event.candidate, event.reward]),
  );
  expect(score.rewards).toEqual([4, 2, 5, 1]);
  expect(seen).toEqual([
    [1, 2],
    [3, 1],
    [0, 4],
    [2, 5],
  ]);
  expect(inner.requests[1]?.sample.candidates).toEqual([{ text: 'dddd' }, { text: 'eeeee' }]);
  // what the rest gave is known from now on
  expect((await scorer.score(requestOf('eeeee', 'ccc', 'dddd'))).rewards).toEqual([5, 3, 4]);
  expect(inner.requests).toHaveLength(2);
});

test('an error of a candidate that was asked for keeps its place', async () => {
  const failing: Scorer = {
    score: async (request) => {
      const { candidates } = request.sample;
      const score = await new LengthScorer().score(request);
      const rewards = candidates.map(({ text }) => (text === 'long' ? null : text.length));
      const errors = rewards.flatMap((reward, candidate) =>
        reward === null ? [{ candidate, code: 'TOO_LONG' as const, message: '' }] : [],
      );
      return { ...score, rewards, errors };
    },
  };
  const cache = new RewardCache(path.join(tempFolder(), 'rewards.jsonl'), silentLogger);
  const scorer = new CachedScorer(failing, cache, 'm', async () => 'cpu');
  const requestOf = (...texts: string[]) => ({
    sample: sampleOf({ candidates: texts.map((text) => ({ text })) }),
    mediaRoot,
    options: SAFE,
  });
  await scorer.score(requestOf('a', 'bb'));
  const score = await scorer.score(requestOf('a', 'x', 'bb', 'long'));
  expect(score.rewards).toEqual([1, 1, 2, null]);
  expect(score.errors).toMatchObject([{ candidate: 3, code: 'TOO_LONG' }]);
});

test('rows that share their media are scored together and come back in their order', async () => {
  const using = (id: string, ...images: string[]): RowResult => ({
    ok: true,
    sample: sampleOf({ id, images, candidates: [{ text: id }] }),
  });
  const rows = [
    using('1', 'tiny.png'),
    using('22', 'grey.png'),
    bad,
    using('333', 'tiny.png'),
    good('4444', '4444'),
    using('55555', 'grey.png', 'tiny.png'),
    using('666666', 'tiny.png'),
  ];
  const scorer = new LengthScorer();
  const outcomes = await collect(scoreRows(jobsOf(...rows), { scorer, options: SAFE }));
  expect(outcomes.map(({ score }) => score.rewards[0])).toEqual([1, 2, null, 3, 4, 5, 6]);
  expect(scorer.requests.map(({ sample }) => sample.id)).toEqual([
    '1',
    '333',
    '666666',
    '22',
    '4444',
    '55555',
  ]);
});

test('a damaged or torn cache line is left out', async () => {
  const file = path.join(tempFolder(), 'rewards.jsonl');
  const inner = new LengthScorer();
  const request = { sample: sampleOf(), mediaRoot, options: SAFE };
  await new CachedScorer(inner, new RewardCache(file, silentLogger), 'm', async () => 'cpu').score(
    request,
  );
  const line = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, `${line.replace('"reward":5', '"reward":"5"')}{"prompt":`);
  await new CachedScorer(inner, new RewardCache(file, silentLogger), 'm', async () => 'cpu').score(
    request,
  );
  expect(inner.requests).toHaveLength(2);
});

test('a cache that can’t be read is no cache, and no failure', async () => {
  const folder = tempFolder();
  const inner = new LengthScorer();
  const scorer = new CachedScorer(
    inner,
    new RewardCache(folder, silentLogger),
    'm',
    async () => 'cpu',
  );
  const request = { sample: sampleOf(), mediaRoot, options: SAFE };
  expect((await scorer.score(request)).rewards).toEqual([5, 5]);
  expect((await scorer.score(request)).rewards).toEqual([5, 5]);
  expect(inner.requests).toHaveLength(1);
});

test('failed samples are not cached', async () => {
  const file = path.join(tempFolder(), 'rewards.jsonl');
  const inner = new LengthScorer();
  const request = { sample: sampleOf({ images: ['none.png'] }), mediaRoot, options: SAFE };
  await new CachedScorer(inner, new RewardCache(file, silentLogger), 'm', async () => 'cpu').score(
    request,
  );
  expect(fs.existsSync(file)).toBe(false);
});

test('what is written on a video’s sheet counts for samples with videos only', async () => {
  const mediaRoot = path.join(FIXTURES, 'videos');
  const file = path.join(tempFolder(), 'rewards.jsonl');
  const inner = new LengthScorer();
  const bare = { ...SAFE, frameLabels: 'none' as const };
  for (const sample of [sampleOf(), sampleOf({ videos: ['count.mp4'] })]) {
    for (const options of [SAFE, bare, SAFE]) {
      const scorer = new CachedScorer(
        inner,
        new RewardCache(file, silentLogger),
        'm',
        async () => 'cpu',
      );
      await scorer.score({ sample, mediaRoot, options });
    }
  }
  expect(inner.requests.map(({ sample, options }) => [sample.videos.length, options])).toEqual([
    [0, SAFE],
    [1, SAFE],
    [1, bare],
  ]);
});
