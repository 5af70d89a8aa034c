// Orders and decisions in words and signs.

import { toGroups, type Places, type RankGroups } from '../src/sample/ranking';
import type { Decision } from '../src/sample/verdict';
import { letterOf, t } from './words';

/** "B, then A and C" */
export function orderInWords(places: Places): string {
  return toGroups(places)
    .map((group) => group.map(letterOf).join(t(' and ')))
    .join(t(', then '));
}

/** "B > A = C" */
export function orderInSigns(groups: RankGroups): string {
  return groups.map((group) => group.map(letterOf).join(' = ')).join(' > ');
}

/** What somebody decided, such as "B > A = C". */
export function decisionText(decision: Decision): string {
  switch (decision.kind) {
    case 'rank':
      return orderInSigns(decision.ranks);
    case 'allBad':
      return t('all bad');
    case 'skip':
      return t('skipped');
  }
}
