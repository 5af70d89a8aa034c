// Head files: a score head fitted to people's pairs, with what it was fitted to and what it is worth.

import * as z from 'zod';
import { AppError, errorText } from '../base/errors';
import { floatsFromBase64 } from '../node/base64Floats';
import { sha256 } from '../node/hash';
import { readSmallText } from '../node/smallFile';
import { COMPAT_MODES } from '../sample/reward';
import type { HeadFacts } from '../sample/headFacts';
import type { ScoreHead } from '../sample/scoreHead';
import { FRAME_LABEL_MODES } from '../sample/scorer';

/** 32768 weights, eight times those of the 7B model, take 175 kB. */
const MAX_BYTES = 1024 * 1024;

const count = z.int().positive();
const interval = z.object({ low: z.number(), high: z.number() });
const share = z.number().min(0).max(1);

const schema = z.object({
  format: z.literal('rewardlens-head'),
  version: z.literal(1),
  /** fingerprint of the model whose features the weights multiply */
  model: z.string().min(1),
  hidden: count,
  /** `hidden` float32 numbers, little-endian, in base64 */
  weights: z.base64(),
  fit: z.object({
    pairs: count,
    samples: count,
    l2: z.number().positive(),
    strength: z.number().positive(),
    folds: count,
    seed: z.int(),
    dataSha256: z.string().regex(/^[0-9a-f]{64}$/),
    options: z.object({
      compat: z.enum(COMPAT_MODES),
      hdNum: count,
      maxLength: count,
      frameLabels: z.enum(FRAME_LABEL_MODES),
    }),
  }),
  heldOut: z.object({
    pairs: count,
    samples: count,
    publishedAccuracy: share,
    fittedAccuracy: share,
    accuracyGain: z.number(),
    accuracyInterval: interval,
    logLikelihoodGain: z.number(),
    logLikelihoodInterval: interval,
  }),
});

/** A head with all that its file says of it. */
export interface HeadFile {
  readonly head: ScoreHead;
  readonly facts: HeadFacts;
}

/**
 * The content of a head file.
 * @param weights float32, little-endian, in base64
 */
export function formatHeadFile(model: string, weights: string, facts: HeadFacts): string {
  const content: z.infer<typeof schema> = {
    format: 'rewardlens-head',
    version: 1,
    model,
    hidden: floatsFromBase64(weights).length,
    weights,
    ...facts,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** @throws AppError `HEAD_INVALID`, `FILE_NOT_FOUND` or `FILE_UNREADABLE` */
export async function readHeadFile(path: string): Promise<HeadFile> {
  return parseHeadFile(path, await readSmallText(path, MAX_BYTES));
}

/** @param name of the file, for faults @throws AppError `HEAD_INVALID` */
export function parseHeadFile(name: string, text: string): HeadFile {
  const invalid = (what: string): AppError =>
    new AppError('HEAD_INVALID', `${name}: ${what}`, { file: name });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`not JSON: ${errorText(error)}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw invalid(`not a head file: ${z.prettifyError(parsed.error)}`);
  }
  const { model, hidden, weights, fit, heldOut } = parsed.data;
  const bytes = Buffer.from(weights, 'base64').length;
  if (bytes !== hidden * Float32Array.BYTES_PER_ELEMENT) {
    throw invalid(`${bytes} bytes of weights where ${hidden} float32 numbers belong`);
  }
  if (!floatsFromBase64(weights).every((weight) => Number.isFinite(weight))) {
    throw invalid('a weight is not a finite number');
  }
  return { head: { id: headId(model, weights), model, weights }, facts: { fit, heldOut } };
}

/** By what decides rewards, so that nobody gives two heads one name. */
function headId(model: string, weights: string): string {
  return sha256(`${model}\n${weights}`).slice(0, 16);
}
