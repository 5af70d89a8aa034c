// The column of the queue that shows what it is sorted by; the margin while it is in file order.

import { HIDDEN_VALUES, type RowValues, type Sort } from '../../src/sample/queueQuery';
import { countText, dayText, rewardText, t } from '../words';

/** What the column holds: "longest answer". */
export function valueName(sort: Sort): string {
  switch (sort) {
    case 'file':
    case 'margin':
      return t('margin 1st–2nd');
    case 'disagreement':
      return t('pairs that differ');
    case 'length':
      return t('characters, longest answer');
    case 'reward':
      return t('best reward');
    case 'domain':
      return t('domain');
    case 'source':
      return t('first source');
    case 'changed':
      return t('decided');
  }
}

/** The words above the column; what is hidden while one is blind says so. */
export function valueHeader(sort: Sort, isBlind: boolean): string {
  if (!isBlind || !isHideable(sort)) {
    return valueName(sort);
  }
  return shownOf(sort) === 'margin' ? t('margins hidden') : t('{0}: hidden', valueName(sort));
}

/** @returns nothing for what is hidden, a dash for what is missing */
export function valueText(sort: Sort, values: RowValues, isBlind: boolean): string {
  const value = values[shownOf(sort)];
  if (value === undefined) {
    return isBlind && isHideable(sort) ? '' : '–';
  }
  if (typeof value === 'string') {
    return value;
  }
  switch (sort) {
    case 'changed':
      return dayText(value);
    case 'length':
    case 'disagreement':
      return countText(value);
    default:
      return rewardText(value);
  }
}

function shownOf(sort: Sort): Sort {
  return sort === 'file' ? 'margin' : sort;
}

function isHideable(sort: Sort): boolean {
  const hideable: readonly string[] = HIDDEN_VALUES;
  return hideable.includes(shownOf(sort));
}
