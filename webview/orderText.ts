// Orders and decisions in words and signs.

import { toGroups, unrankedOf, type Places, type RankGroups } from '../src/sample/ranking';
import type { Decision } from '../src/sample/verdict';
import type { Pair } from './comparison';
import { letterOf, ordinal, t } from './words';

/** "B, then A and C" */
export function orderInWords(places: Places): string {
  return toGroups(places)
    .map((group) => group.map(letterOf).join(t(' and ')))
    .join(t(', then '));
}

/** "Your order: B, then A and C. D not ranked." */
export function orderSentence(places: Places): string {
  const unranked = unrankedOf(places);
  const order = t('Your order: {0}.', orderInWords(places));
  return unranked.length === 0
    ? order
    : `${order} ${t('{0} not ranked.', unranked.map(letterOf).join(', '))}`;
}

/** "A is your 1st, C your 2nd of 4." */
export function pairSentence(places: Places, { left, right }: Pair): string {
  const [a, b] = [letterOf(left), letterOf(right)];
  const [own = 0, other = 0] = [places[left], places[right]];
  const count = places.length;
  if (own === 0 && other === 0) {
    return t('Neither is ranked yet.');
  }
  if (own === 0 || other === 0) {
    const [ranked, not] = own === 0 ? [b, a] : [a, b];
    return t(
      '{0} is your {1} of {2}, {3} is not ranked.',
      ranked,
      ordinal(own + other),
      count,
      not,
    );
  }
  return own === other
    ? t('{0} and {1} are tied as your {2} of {3}.', a, b, ordinal(own), count)
    : t('{0} is your {1}, {2} your {3} of {4}.', a, ordinal(own), b, ordinal(other), count);
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
