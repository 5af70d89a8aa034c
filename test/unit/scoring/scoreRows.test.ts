import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { silentLogger } from '../../../src/base/logger';
import type { RowResult } from '../../../src/formats/candidateRow';
import { CachedScorer, RewardCache } from '../../../src/scoring/rewardCache';
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
    new CachedScorer(inner, new RewardCache(file, silentLogger), fingerprint);
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

test('a damaged or torn cache line is left out', async () => {
  const file = path.join(tempFolder(), 'rewards.jsonl');
  const inner = new LengthScorer();
  const request = { sample: sampleOf(), mediaRoot, options: SAFE };
  await new CachedScorer(inner, new RewardCache(file, silentLogger), 'm').score(request);
  const line = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, `${line.replace('"reward":5', '"reward":"5"')}{"prompt":`);
  await new CachedScorer(inner, new RewardCache(file, silentLogger), 'm').score(request);
  expect(inner.requests).toHaveLength(2);
});

test('failed samples are not cached', async () => {
  const file = path.join(tempFolder(), 'rewards.jsonl');
  const inner = new LengthScorer();
  const request = { sample: sampleOf({ images: ['none.png'] }), mediaRoot, options: SAFE };
  await new CachedScorer(inner, new RewardCache(file, silentLogger), 'm').score(request);
  expect(fs.existsSync(file)).toBe(false);
});
