// What a check found, in one line.

import {
  changeOf,
  isGrounded,
  strongestRegion,
  type CheckedReward,
} from '../../src/sample/explanation';
import type { ExplanationView } from '../../src/protocol/explanationParts';
import type { Found } from '../explanations';
import { countText, letterOf, marginText, rewardText, t } from '../words';
import { dropWords, valueText } from './sentenceWords';

type FoundView = Extract<ExplanationView, { state: 'found' }>;

/** A reward under changed conditions: what was changed, and what it does. */
export interface ResultRow {
  readonly name: string;
  readonly reward: string;
  readonly change: string;
}

/** What the check found, without its name. */
export function resultWords({ found }: FoundView): string {
  switch (found.check) {
    case 'sentences':
      return dropWords(found);
    case 'grounding':
      return changeWords(found.own, found.without);
    case 'style':
      return styleRows(found)
        .map(({ name, change }) => `${name} ${change}`)
        .join(' · ');
    case 'occlusion': {
      const place = strongestPlace(found);
      return place === undefined
        ? t('no reward')
        : t('row {0}, column {1} moves it most, {2}', place.row, place.column, place.change);
    }
  }
}

/** What the live region says of it. */
export function foundWords(view: FoundView): string {
  const { found } = view;
  switch (found.check) {
    case 'sentences':
      return t('Reward after each sentence: {0}.', resultWords(view));
    case 'grounding':
      return t('Without the picture or video: {0}.', resultWords(view));
    case 'style':
      return t('Style and length: {0}.', resultWords(view));
    case 'occlusion':
      return t('Region: {0}.', resultWords(view));
  }
}

/** "Not grounded", where that can be told, and what it rests on. */
export function groundingVerdict({
  found,
  usual,
}: FoundView):
  { readonly isGrounded: boolean; readonly title: string; readonly text: string } | undefined {
  if (found.check !== 'grounding' || usual === undefined) {
    return undefined;
  }
  const grounded = isGrounded(found, usual);
  const basis = t(
    'on this dataset it usually moves a reward by {0} ({1} checks)',
    rewardText(usual.median),
    countText(usual.checks),
  );
  return grounded === undefined
    ? undefined
    : grounded
      ? { isGrounded: true, title: t('Grounded'), text: t('The picture matters; {0}.', basis) }
      : {
          isGrounded: false,
          title: t('Not grounded'),
          text: t('The picture hardly matters; {0}.', basis),
        };
}

export function groundingRows(found: Found<'grounding'>, hasVideo: boolean): readonly ResultRow[] {
  const { own, without, other } = found;
  return [
    row(hasVideo ? t('without the video') : t('without the picture'), own, without),
    ...(other === undefined
      ? []
      : [
          row(
            hasVideo
              ? t('with the video of {0}', other.id)
              : t('with the picture of {0}', other.id),
            own,
            other,
          ),
        ]),
  ];
}

export function styleRows({ own, plain, short }: Found<'style'>): readonly ResultRow[] {
  return [
    ...(plain === undefined ? [] : [row(t('without markdown'), own, plain)]),
    ...(short === undefined
      ? []
      : [row(t('cut to {0}’s length', letterOf(short.candidate)), own, short)]),
  ];
}

/** The region whose covering moves the reward most, counted from 1. */
export function strongestPlace(
  found: Found<'occlusion'>,
): { readonly row: number; readonly column: number; readonly change: string } | undefined {
  const at = strongestRegion(found);
  const region = at === undefined ? undefined : found.regions[at];
  if (at === undefined || region === undefined) {
    return undefined;
  }
  return {
    row: Math.floor(at / found.columns) + 1,
    column: (at % found.columns) + 1,
    change: changeText(found.own, region),
  };
}

/** All regions, row by row. */
export function mapWords(found: Found<'occlusion'>): string {
  const rows = Array.from({ length: found.rows }, (_, n) => {
    const cells = found.regions.slice(n * found.columns, (n + 1) * found.columns);
    return t('Row {0}: {1}', n + 1, cells.map((cell) => changeText(found.own, cell)).join(', '));
  });
  return t('Change of the reward with each region covered. {0}.', rows.join('. '));
}

export function changeText(own: CheckedReward, changed: CheckedReward): string {
  const change = changeOf(own, changed);
  return change === undefined ? t('no reward') : marginText(change);
}

/** "4.62 → 1.31 (−3.31)" */
function changeWords(own: CheckedReward, changed: CheckedReward): string {
  return `${valueText(own.reward)} → ${valueText(changed.reward)} (${changeText(own, changed)})`;
}

function row(name: string, own: CheckedReward, changed: CheckedReward): ResultRow {
  return { name, reward: valueText(changed.reward), change: changeText(own, changed) };
}
