// What becomes of a candidate: the value that is read for it, or why there is none.

import { AppError, encodeError, type EncodedError } from '../base/errors';
import { floatsToBase64 } from '../node/base64Floats';
import type { CandidateError } from '../sample/reward';

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: EncodedError };

/** From what the model gives to what is told. */
export type Check<T, V> = (value: T) => Outcome<V>;

export const finiteReward: Check<number, number> = (reward) =>
  Number.isFinite(reward) ? { ok: true, value: reward } : notANumber(`${reward} as a reward`);

/** @returns base64 */
export const finiteFeatures: Check<Float32Array, string> = (features) =>
  features.every((value) => Number.isFinite(value))
    ? { ok: true, value: floatsToBase64(features) }
    : notANumber('features that are no numbers');

function notANumber(what: string): Outcome<never> {
  const error = encodeError(new AppError('RUNTIME_FAILED', `the model gave ${what}`));
  return { ok: false, error };
}

/** By candidate; `null` where there is none. */
export function valuesOf<V>(outcomes: readonly Outcome<V>[]): (V | null)[] {
  return outcomes.map((outcome) => (outcome.ok ? outcome.value : null));
}

/** In the order of the candidates. */
export function errorsOf(outcomes: readonly Outcome<unknown>[]): CandidateError[] {
  return outcomes.flatMap((outcome, candidate) =>
    outcome.ok ? [] : [{ candidate, ...outcome.error }],
  );
}
