// Numbers of statistics as people read them.

import { MIN_PAIRS, type DatasetStatistics, type Interval } from '../../src/sample/statistics';
import { countText, percentText, t } from '../words';

/** A number with a true minus; what rounds to zero has no sign. */
export function decimals(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '\u2212');
}

/** The same, signed. */
export function signed(value: number, digits = 2): string {
  const text = decimals(value, digits);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

/** "68.1–74.5": of shares in percent, without the sign. */
export function percentInterval({ low, high }: Interval): string {
  return `${decimals(100 * low, 1)}–${decimals(100 * high, 1)}`;
}

/** "0.68–0.75"; beside a minus with "to", as a dash would read like one. */
export function intervalText(interval: Interval | undefined, digits = 2): string {
  if (interval === undefined) {
    return '–';
  }
  const [low, high] = [decimals(interval.low, digits), decimals(interval.high, digits)];
  return interval.low < 0 ? t('{0} to {1}', low, high) : `${low}–${high}`;
}

/** Whole percent of a share that was counted. */
export function shareText(share: number): string {
  return percentText(decimals(100 * share, 0));
}

/** "612 pairs" */
export function pairsText(pairs: number): string {
  return pairs === 1 ? t('1 pair') : t('{0} pairs', countText(pairs));
}

export function samplesText(samples: number): string {
  return samples === 1 ? t('1 sample') : t('{0} samples', countText(samples));
}

export function answersText(answers: number): string {
  return answers === 1 ? t('1 answer') : t('{0} answers', countText(answers));
}

/** @returns `undefined` when there are enough */
export function tooFewPairs(pairs: number): string | undefined {
  return pairs < MIN_PAIRS
    ? t('Too few: {0} of {1} pairs', countText(pairs), MIN_PAIRS)
    : undefined;
}

/** Whose verdicts count: "you", a name, or "everybody". */
export function whoWords({ selection, people, person }: DatasetStatistics): string {
  const chosen = selection.people ?? people;
  const [only] = chosen;
  return chosen.length === 1 && only !== undefined ? personWords(only, person) : t('everybody');
}

/** @param reviewer who sits here */
export function personWords(name: string, reviewer: string): string {
  return name === reviewer ? t('you') : name;
}
