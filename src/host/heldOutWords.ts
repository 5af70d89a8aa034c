// What a fitted score head is worth, in words: never without n and the interval.

import * as vscode from 'vscode';
import type { HeldOutGain } from '../sample/headFacts';

const { t } = vscode.l10n;

/** "72.8 %" of a share. */
export function percentText(share: number): string {
  return t('{0} %', (100 * share).toFixed(1));
}

/** "Gain: +25.6 points (95 % interval +20.1 to +31.2)." */
export function gainText({ accuracyGain, accuracyInterval: { low, high } }: HeldOutGain): string {
  return t(
    'Gain: {0} points (95 % interval {1} to {2}).',
    pointsText(accuracyGain),
    pointsText(low),
    pointsText(high),
  );
}

function pointsText(share: number): string {
  const digits = Math.abs(100 * share).toFixed(1);
  const sign = Number(digits) === 0 ? '' : share < 0 ? '−' : '+';
  return `${sign}${digits}`;
}
