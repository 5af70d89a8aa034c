// The temperature by one's own votes, kept up to date, against reading everything.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Dataset } from '../../../src/review/dataset';
import { datasetStatistics } from '../../../src/review/datasetStatistics';
import { journalPath } from '../../../src/review/journalPath';
import { readJudgedSamples } from '../../../src/review/judgedSamples';
import { OwnCalibration } from '../../../src/review/ownCalibration';
import { ReviewSession } from '../../../src/review/reviewSession';
import type { SampleScore } from '../../../src/sample/reward';
import type { EntryBody } from '../../../src/sample/verdict';
import { tempFolder } from '../../support/paths';

const rank = (ranks: readonly (readonly number[])[], accepted = false): EntryBody => ({
  kind: 'rank',
  ranks,
  unranked: [],
  accepted,
  blind: false,
  shown: [0, 1, 2],
  ms: 1,
});

test('follows verdicts, rewards, edits and undos', async () => {
  const file = path.join(tempFolder(), 'd.candidates.jsonl');
  const rows = Array.from({ length: 5 }, (_, n) =>
    JSON.stringify({ id: `s${n}`, prompt: 'p', candidates: ['a', 'b', 'c'] }),
  );
  fs.writeFileSync(file, rows.join('\n'));
  const session = await ReviewSession.open({
    dataset: await Dataset.open(file),
    journalPath: journalPath(file),
    person: 'mira',
  });
  const calibration = new OwnCalibration(session);
  expect(calibration.fit).toMatchObject({ reason: 'noPairs', pairs: 0 });
  const score = async (row: number, ...rewards: (number | null)[]): Promise<void> => {
    const tokens = { prefix: 0, tails: [], texts: [] };
    const found = { rewards, errors: [], tokens, media: [] } as unknown as SampleScore;
    session.setScore(session.revised(await session.sample(row)), found);
  };
  const record = async (row: number, body: EntryBody): Promise<void> => {
    await session.record(await session.sample(row), body);
  };
  const expectSame = async (pairs: number): Promise<void> => {
    expect(calibration.fit.pairs).toBe(pairs);
    const { temperature } = await datasetStatistics(await readJudgedSamples(session), {
      selection: { people: ['mira'] },
      person: 'mira',
      rows: 5,
      noiseFloor: 0,
      unnamed: '',
    });
    expect(calibration.fit).toEqual(temperature);
  };

  await record(0, rank([[0], [1], [2]]));
  await expectSame(0); // nothing is scored
  await score(0, 3, 1, 2);
  await expectSame(3);
  await score(1, 1, 2, 4);
  await record(1, rank([[0], [1, 2]]));
  await expectSame(5);
  await record(2, rank([[0], [1], [2]], true));
  await score(2, 3, 2, 1);
  await expectSame(5);
  await score(3, 5, null, 1);
  await record(3, rank([[0], [1], [2]]));
  await expectSame(6);
  expect(calibration.fit.state).toBe('fitted');
  await session.undo();
  await expectSame(5);
  await record(1, { kind: 'skip' });
  await expectSame(3);
  session.clearScores();
  await expectSame(0);
  calibration.dispose();
  await score(0, 3, 1, 2);
  expect(calibration.fit.pairs).toBe(0);
  session.dispose();
});
