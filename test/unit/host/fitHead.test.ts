// "Fit Head on My Verdicts…": figures first, and nothing is saved or used unasked.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { encodeError } from '../../../src/base/errors';
import { readHeadFile } from '../../../src/formats/headFile';
import { fitHeadOnVerdicts } from '../../../src/host/commands/fitHead';
import type { EngineService } from '../../../src/host/engineService';
import { describeError } from '../../../src/host/messages';
import type { Services } from '../../../src/host/services';
import { floatsToBase64 } from '../../../src/node/base64Floats';
import { fitHead } from '../../../src/review/fitHead';
import type { FeatureScorer } from '../../../src/sample/scorer';
import { writeJournal } from '../../support/journals';
import { tempFolder } from '../../support/paths';
import { setSetting, world } from './fakeVscode';
import { datasetOf, endHosts, startHost } from './host';

vi.mock('vscode', () => import('./fakeVscode'));

afterEach(endHosts);

const MODEL = 'demo:fp16:1';

/** Features of a text: its length, and something that no verdict follows. */
const byLength: FeatureScorer = {
  features: async ({ sample }) => ({
    features: sample.candidates.map(({ text }) =>
      floatsToBase64(Float32Array.of(text.length, text.charCodeAt(0) % 7)),
    ),
    errors: [],
  }),
};

/** The published head prefers long answers. */
function start(): Services {
  const { services } = startHost();
  const engine: Pick<EngineService, 'fitHead'> = {
    fitHead: async (work, onProgress, signal) => {
      const published = Float32Array.of(0.1, 0.01);
      const fitted = await fitHead({ ...work, scorer: byLength, published }, onProgress, signal);
      const { weights, facts, faults } = fitted;
      return { model: MODEL, weights: floatsToBase64(weights), facts, faults };
    },
  };
  Object.assign(services.engine, engine);
  return services;
}

/** Somebody who prefers short answers has judged the first rows; another person the long ones. */
function judged(rows: number, differentPrompts = true): string {
  setSetting('review.person', 'mira');
  const data = Array.from({ length: 40 }, (_, n) => ({
    id: `q${n}`,
    prompt: differentPrompts ? `What is ${n}?` : 'What?',
    candidates: [`Number ${n}, I think.`, `${n}.`],
  }));
  const file = datasetOf(data);
  const rank = (id: string, by: string, ranks: number[][]) => ({
    ...{ id, by, kind: 'rank', ranks, unranked: [], accepted: false },
    ...{ blind: false, shown: [0, 1], ms: 1 },
  });
  writeJournal(file, [
    ...data.slice(0, rows).map(({ id }) => rank(id, 'mira', [[1], [0]])),
    ...data.map(({ id }) => rank(id, 'noor', [[0], [1]])),
  ]);
  return file;
}

test('shows the held-out figures of one’s own verdicts; without an answer nothing is written', async () => {
  const file = judged(36);
  await fitHeadOnVerdicts(start(), file);
  expect(world.messages).toEqual(['The fitted head agrees more often with your verdicts.']);
  expect(world.details[0]?.split('\n')).toEqual([
    '36 pairs of 36 prompts, each held out once in 5 parts.',
    'Published head: agrees with 0.0 % of them.',
    'Fitted head: agrees with 100.0 %.',
    'Gain: +100.0 points (95 % interval +100.0 to +100.0).',
  ]);
  expect(fs.readdirSync(path.dirname(file)).filter((name) => name.includes('head'))).toEqual([]);
  expect(world.settings.get('model.headFile')).toBeUndefined();
});

test('saved where the person says, as a file that any engine can load', async () => {
  const file = judged(36);
  const target = path.join(tempFolder(), 'mine.head.json');
  world.fileChosen = target;
  world.pressed = ['Save Head…'];
  await fitHeadOnVerdicts(start(), file);
  const { head, facts } = await readHeadFile(target);
  expect(head.model).toBe(MODEL);
  expect(facts.heldOut).toMatchObject({ pairs: 36, accuracyGain: 1 });
  expect(world.messages.at(-1)).toBe('Saved mine.head.json.');
  expect(world.settings.get('model.headFile')).toBeUndefined();

  world.fileChosen = `${file}.review.jsonl`;
  const journal = fs.readFileSync(world.fileChosen, 'utf8');
  await expect(fitHeadOnVerdicts(start(), file)).rejects.toMatchObject({ code: 'USAGE' });
  expect(fs.readFileSync(world.fileChosen, 'utf8')).toBe(journal);
});

test('used only after a second question, which names what it replaces', async () => {
  const file = judged(36);
  const target = path.join(tempFolder(), 'mine.head.json');
  world.fileChosen = target;
  world.pressed = ['Use This Head…'];
  await fitHeadOnVerdicts(start(), file);
  expect(world.messages.at(-1)).toBe('Score with mine.head.json from now on?');
  expect(world.details.at(-1)).toContain('It takes the place of the published head.');
  expect(world.settings.get('model.headFile')).toBeUndefined();

  world.pressed = ['Use This Head…', 'Use Everywhere'];
  await fitHeadOnVerdicts(start(), file);
  expect(world.settings.get('model.headFile')).toBe(target);
  world.fileChosen = path.join(tempFolder(), 'next.head.json');
  await fitHeadOnVerdicts(start(), file);
  expect(world.details.at(-1)).toContain(`It takes the place of ${target}.`);
  expect(world.settings.get('model.headFile')).toBe(world.fileChosen);
});

test.each([
  [8, true, 'Too few: 8 of 30 pairs. 22 more are needed. Rank the answers of more samples.'],
  [0, true, 'Too few: 0 of 30 pairs. 30 more are needed. Rank the answers of more samples.'],
  [
    36,
    false,
    'Too few: 1 of 5 different prompts. 4 more are needed. Rank the answers of more samples.',
  ],
])('%i verdicts (prompts differ: %s): says how many are lacking', async (rows, differ, text) => {
  const services = start();
  const error: unknown = await fitHeadOnVerdicts(services, judged(rows, differ)).catch(
    (reason: unknown) => reason,
  );
  expect(describeError(encodeError(error))).toBe(text);
  expect(world.messages).toEqual([]);
});

test('not in an untrusted workspace', async () => {
  world.isTrusted = false;
  await expect(fitHeadOnVerdicts(start(), judged(36))).rejects.toMatchObject({ code: 'UNTRUSTED' });
});
