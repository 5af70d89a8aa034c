// One line of scored output.

import * as z from 'zod';
import type { EncodedError } from '../base/errors';
import { rewardOrder, type SampleScore } from '../sample/reward';

export interface ScoredRow {
  readonly id: string;
  /** set when several files are scored together */
  readonly file?: string;
  /** from 1 */
  readonly line: number;
  readonly rewards: readonly (number | null)[];
  /** candidate indices, best first, unscored last */
  readonly order: readonly number[];
  readonly tokens: { readonly prefix: number; readonly tails: readonly number[] };
  /** fingerprint of the model */
  readonly model: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly errors?: readonly {
    readonly candidate: number;
    readonly code: string;
    readonly message: string;
  }[];
}

export interface RowIdentity {
  readonly id: string;
  readonly file?: string;
  readonly line: number;
}

/** A scored sample, or one that failed as a whole, as it stands in the output. */
export function toScoredRow(row: RowIdentity, score: SampleScore, model: string): ScoredRow {
  const { rewards, tokens, error, errors } = score;
  return {
    id: row.id,
    ...(row.file === undefined ? {} : { file: row.file }),
    line: row.line,
    rewards,
    order: rewardOrder(rewards),
    tokens: { prefix: tokens.prefix, tails: tokens.tails },
    model,
    ...(error === undefined ? {} : { error: brief(error) }),
    ...(errors.length === 0
      ? {}
      : { errors: errors.map((e) => ({ candidate: e.candidate, ...brief(e) })) }),
  };
}

/** One line, newline included. */
export function formatScoredRow(row: ScoredRow): string {
  return `${JSON.stringify(row)}\n`;
}

const fault = { code: z.string(), message: z.string() };
const counts = z.array(z.int().nonnegative());
const rowSchema = z.object({
  id: z.string(),
  file: z.string().optional(),
  line: z.int().positive(),
  rewards: z.array(z.number().nullable()),
  order: counts,
  tokens: z.object({ prefix: z.int().nonnegative(), tails: counts }),
  model: z.string(),
  error: z.object(fault).optional(),
  errors: z.array(z.object({ candidate: z.int().nonnegative(), ...fault })).optional(),
});

/** Reads a line that {@link formatScoredRow} wrote. @returns `undefined` for any other */
export function parseScoredRow(text: string): ScoredRow | undefined {
  try {
    const { file, error, errors, ...row } = rowSchema.parse(JSON.parse(text));
    return {
      ...row,
      ...(file === undefined ? {} : { file }),
      ...(error === undefined ? {} : { error }),
      ...(errors === undefined ? {} : { errors }),
    };
  } catch {
    return undefined;
  }
}

function brief({ code, message }: EncodedError): { code: string; message: string } {
  return { code, message };
}
