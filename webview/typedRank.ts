// Ranks typed as digits: one digit, or two in a row where a sample has more than nine answers.

/** Until then a digit goes with the one before it. */
export const TWO_DIGITS_MS = 600;

/** A digit that a second one may follow. */
export interface FirstDigit {
  readonly sample: string;
  readonly candidate: number;
  readonly digit: number;
  /** the card that had focus afterwards */
  readonly focused: number;
  readonly atMs: number;
}

/** Where a digit is typed. */
export interface TypingPlace {
  /** key of the sample */
  readonly sample: string;
  readonly answers: number;
  /** the card with focus */
  readonly focused: number;
  readonly atMs: number;
}

/**
 * What a digit means: a place for the card with focus (0: none), or together with the digit before
 * it one for that digit's card. Two digits that are more than there are answers stay two.
 */
export function rankTyped(
  digit: number,
  at: TypingPlace,
  before: FirstDigit | undefined,
): { readonly candidate: number; readonly place: number; readonly isWhole: boolean } {
  const both = before === undefined ? 0 : 10 * before.digit + digit;
  const goesOn =
    before?.sample === at.sample &&
    before.focused === at.focused &&
    at.atMs - before.atMs <= TWO_DIGITS_MS &&
    both <= at.answers;
  return goesOn
    ? { candidate: before.candidate, place: both, isWhole: true }
    : { candidate: at.focused, place: digit, isWhole: digit === 0 || 10 * digit > at.answers };
}
