// Words and numbers as people read them.

import * as l10n from '@vscode/l10n';

export const { t } = l10n;

let language = 'en';

/** Takes over the host's language and translations. */
export function setLanguage(tag: string, strings: Readonly<Record<string, string>>): void {
  language = tag;
  l10n.config({ contents: { ...strings } });
}

const LETTERS = 26;

/** A, B, … Z, AA, AB, …: names answers in the order in which they are shown. */
export function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % LETTERS));
  return index < LETTERS ? last : letterOf(Math.floor(index / LETTERS) - 1) + last;
}

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });

/** "1st", "2nd", …: ranks are always words, so that a bare number never means one. */
export function ordinal(rank: number): string {
  switch (ORDINALS.select(rank)) {
    case 'one':
      return t('{0}st', rank);
    case 'two':
      return t('{0}nd', rank);
    case 'few':
      return t('{0}rd', rank);
    default:
      return t('{0}th', rank);
  }
}

/** Two decimals with a true minus; what rounds to zero has no sign. */
export function rewardText(reward: number): string {
  const text = reward.toFixed(2);
  return Number(text) === 0 ? '0.00' : text.replace('-', '\u2212');
}

/** The same, always signed, save for zero. */
export function marginText(margin: number): string {
  const text = rewardText(margin);
  return text === '0.00' || text.startsWith('\u2212') ? text : `+${text}`;
}

export function countText(count: number): string {
  return count.toLocaleString(language);
}

/** "71 %": number and sign stay on one line. */
export function percentText(number: string): string {
  return t('{0} %', number).replaceAll(' ', '\u00a0');
}

/** Whole percent of a chance: never 0 or 100. */
export function chanceText(chance: number): string {
  const percent = Math.round(100 * chance);
  return percent < 1
    ? percentText('< 1')
    : percent > 99
      ? percentText('> 99')
      : percentText(String(percent));
}

/** Seconds with at most two decimals, such as 7.6. */
export function secondsText(seconds: number): string {
  return seconds.toLocaleString(language, { maximumFractionDigits: 2 });
}

/** Seconds with one decimal, such as 1.2. */
export function tenthsText(seconds: number): string {
  return seconds.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** A position in a video, such as 0:03.60. */
export function positionText(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const rest = (hundredths % 6000) / 100;
  return `${Math.floor(hundredths / 6000)}:${rest.toFixed(2).padStart(5, '0')}`;
}

/** Hours and minutes of an ISO time, such as 14:02. */
export function clockText(iso: string): string {
  return new Date(iso).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
}

/** Day and month of a moment, such as 26 Nov. @param ms since 1970 */
export function dayText(ms: number): string {
  return new Date(ms).toLocaleDateString(language, { day: 'numeric', month: 'short' });
}

/** Runs of letters and digits; what a reader would call words. */
export function wordCount(text: string): number {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu)?.length ?? 0;
}
