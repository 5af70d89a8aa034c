// "Score Candidates" while other things happen: settings change, the file changes, samples fail.

import { afterEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/base/errors';
import { scoreDataset } from '../../../src/host/commands/scoreCandidates';
import { failedScore } from '../../../src/sample/reward';
import { LengthScorer } from '../../support/fakeScorer';
import { changed, setSetting, world } from './fakeVscode';
import { datasetOf, endHosts, startHost, writeRows } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(endHosts);

const rowsOf = (count: number, text = 'ab') =>
  Array.from({ length: count }, (_, n) => ({ id: `s${n}`, prompt: 'p', candidates: [text, 'a'] }));

const never = new AbortController().signal;

test('after a change of settings no sample gets a reward of the old model', async () => {
  const { services, engine } = startHost();
  const share = await services.sessions.share(datasetOf(rowsOf(5)));
  const { session, scoring } = share.dataset;
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  // the old model: the third sample is under way when the setting changes
  const old = new LengthScorer(({ sample }) => (sample.line === 3 ? held : undefined));
  engine.scorer = old;
  const run = scoring.all(() => undefined, never);
  await vi.waitFor(() => expect(old.requests.some(({ sample }) => sample.line === 3)).toBe(true));
  engine.scorer = {
    score: async ({ sample }) => {
      const { error: _, ...empty } = failedScore(2, { code: 'INTERNAL', message: '' });
      return { ...empty, rewards: sample.candidates.map(() => 42) };
    },
  };
  setSetting('model.folder', '/other');
  await Promise.resolve();
  go();
  expect(await run).toEqual({ scored: 10, failed: 0 });
  for (let line = 1; line <= 5; line += 1) {
    expect(session.scores.lastOf(line)?.rewards).toEqual([42, 42]);
  }
  share.dispose();
});

test('what failed before is scored again, what is known is not', async () => {
  const { services, engine } = startHost();
  const file = datasetOf(rowsOf(3));
  const share = await services.sessions.share(file);
  const { session, scoring } = share.dataset;
  let fails = true;
  const scorer = new LengthScorer(({ sample }) => {
    if (fails && sample.line === 2) {
      throw new AppError('ENGINE_STOPPED', 'the scoring engine stopped', { tries: 3 });
    }
  });
  engine.scorer = scorer;
  expect(await scoring.all(() => undefined, never)).toEqual({ scored: 4, failed: 2 });
  expect(session.scores.lastOf(2)?.error?.code).toBe('ENGINE_STOPPED');
  fails = false;
  scorer.requests.length = 0;
  expect(await scoring.all(() => undefined, never)).toEqual({ scored: 6, failed: 0 });
  expect(scorer.requests.map(({ sample }) => sample.line)).toEqual([2]);
  share.dispose();
});

test('a file that is rewritten while it is scored is scored to the end as it is now', async () => {
  const { services, engine } = startHost();
  const file = datasetOf(rowsOf(4));
  let seen: () => void = () => undefined;
  const second = new Promise<void>((resolve) => (seen = resolve));
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  engine.scorer = new LengthScorer(async ({ sample }, signal) => {
    if (sample.line === 2 && sample.candidates[0]?.text === 'ab') {
      seen();
      await held;
      if (signal?.aborted === true) {
        throw new AppError('CANCELLED', 'cancelled');
      }
    }
  });
  const run = scoreDataset(services.sessions, file);
  await second;
  writeRows(file, rowsOf(6, 'abc'));
  changed(file);
  release();
  await run;
  expect(world.messages).toEqual(['12 answers scored.']);
});

test('a file that is no dataset any more ends the run with the reason', async () => {
  const { services, engine } = startHost();
  const file = datasetOf(rowsOf(2));
  engine.scorer = new LengthScorer(({ sample }) => {
    if (sample.line === 1) {
      writeRows(file, []);
      changed(file);
    }
  });
  await expect(scoreDataset(services.sessions, file)).rejects.toMatchObject({ code: 'FILE_EMPTY' });
});
