// Head files: what is written is read back, and what is no head is refused with the reason.

import { expect, test } from 'vitest';
import { formatHeadFile, parseHeadFile } from '../../../src/formats/headFile';
import { AppError } from '../../../src/base/errors';
import { floatsFromBase64, floatsToBase64 } from '../../../src/node/base64Floats';
import { rewardIdentity } from '../../../src/sample/device';
import type { HeadFacts } from '../../../src/sample/headFacts';
import { requireHeadOf } from '../../../src/sample/scoreHead';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';

const MODEL = 'ixc-2.5-reward:int8:0123456789abcdef';
const INTERVAL = { low: -0.01, high: 0.2 };
const FACTS: HeadFacts = {
  fit: {
    pairs: 12,
    samples: 10,
    l2: 0.1,
    strength: 3.5,
    folds: 5,
    seed: 7,
    dataSha256: 'a'.repeat(64),
    options: DEFAULT_SCORE_OPTIONS,
  },
  heldOut: {
    pairs: 12,
    samples: 10,
    publishedAccuracy: 0.5,
    fittedAccuracy: 0.6,
    accuracyGain: 0.1,
    accuracyInterval: INTERVAL,
    logLikelihoodGain: 0.02,
    logLikelihoodInterval: INTERVAL,
  },
};
const WEIGHTS = Float32Array.of(0.1, -3e-20, 7);

const codeOf = (text: string): string => {
  try {
    parseHeadFile('h.json', text);
    return 'none';
  } catch (error) {
    return error instanceof AppError ? `${error.code}: ${error.message}` : String(error);
  }
};

test('what is written is read back to the bit', () => {
  const { head, facts } = parseHeadFile(
    'h.json',
    formatHeadFile(MODEL, floatsToBase64(WEIGHTS), FACTS),
  );
  expect(facts).toEqual(FACTS);
  expect(head.model).toBe(MODEL);
  expect(floatsFromBase64(head.weights)).toEqual(WEIGHTS);
});

test('a head is named by its model and weights alone', () => {
  const idOf = (model: string, weights: Float32Array, facts = FACTS): string =>
    parseHeadFile('h.json', formatHeadFile(model, floatsToBase64(weights), facts)).head.id;
  const id = idOf(MODEL, WEIGHTS);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(idOf(MODEL, WEIGHTS, { ...FACTS, fit: { ...FACTS.fit, seed: 8 } })).toBe(id);
  expect(
    idOf(
      MODEL,
      WEIGHTS.map((weight) => -weight),
    ),
  ).not.toBe(id);
  expect(idOf(`${MODEL}0`, WEIGHTS)).not.toBe(id);
});

test('rewards of a head have an identity of their own on every device', () => {
  const { head } = parseHeadFile('h.json', formatHeadFile(MODEL, floatsToBase64(WEIGHTS), FACTS));
  expect(rewardIdentity(MODEL, 'cpu', head)).toBe(`${MODEL}+${head.id}`);
  expect(rewardIdentity(MODEL, 'webgpu', head)).toBe(`${MODEL}+${head.id}@webgpu`);
  expect(() => requireHeadOf(head, MODEL)).not.toThrow();
  expect(() => requireHeadOf(head, 'other:fp32:0')).toThrow('belongs to the model');
});

test('what is no head is refused', () => {
  const content = JSON.parse(formatHeadFile(MODEL, floatsToBase64(WEIGHTS), FACTS)) as Record<
    string,
    unknown
  >;
  const changed = (more: object): string => codeOf(JSON.stringify({ ...content, ...more }));
  expect(codeOf('{')).toContain('HEAD_INVALID: h.json: not JSON');
  expect(codeOf('[]')).toContain('HEAD_INVALID: h.json: not a head file');
  expect(changed({ version: 2 })).toContain('version');
  expect(changed({ heldOut: undefined })).toContain('heldOut');
  expect(changed({ hidden: 4 })).toContain('12 bytes of weights where 4 float32 numbers belong');
  expect(changed({ weights: 'no base64!' })).toContain('weights');
  const infinite = JSON.parse(
    formatHeadFile(MODEL, floatsToBase64(Float32Array.of(1, Infinity, 0)), FACTS),
  ) as object;
  expect(changed(infinite)).toContain('not a finite number');
});
