// The five numbers at the top of the statistics page.

import {
  MIN_PAIRS,
  type DatasetStatistics,
  type TemperatureFit,
} from '../../src/sample/statistics';
import { countText, percentText, t } from '../words';
import {
  answersText,
  decimals,
  intervalText,
  pairsText,
  percentInterval,
  personWords,
  signed,
  tooFewPairs,
  whoWords,
} from './numbers';

export interface KeyFigure {
  readonly name: string;
  readonly value: string;
  /** n and interval, or why there is no value */
  readonly detail: string;
}

export function keyFigures(statistics: DatasetStatistics): readonly KeyFigure[] {
  return [
    reviewed(statistics),
    agreement(statistics),
    temperature(statistics),
    length(statistics),
    noiseFloor(statistics),
  ];
}

function reviewed({ facts, person }: DatasetStatistics): KeyFigure {
  const each = facts.people.map(
    ({ name, reviewed: count }) => `${personWords(name, person)} ${countText(count)}`,
  );
  const of = t('of {0}', countText(facts.samples));
  return {
    name: t('Reviewed'),
    value: countText(facts.reviewed),
    detail: each.length > 1 ? [of, ...each].join(', ') : of,
  };
}

function agreement(statistics: DatasetStatistics): KeyFigure {
  const name = t('Model agrees with {0}', whoWords(statistics));
  const { votes } = statistics.agreement;
  const missing = tooFewPairs(votes?.pairs ?? 0);
  return votes === undefined || missing !== undefined
    ? { name, value: '–', detail: missing ?? '' }
    : {
        name,
        value: percentText(decimals(100 * votes.value, 1)),
        detail: `${percentInterval(votes.interval)}, ${pairsText(votes.pairs)}`,
      };
}

function temperature({ temperature: fit }: DatasetStatistics): KeyFigure {
  const name = t('Temperature');
  if (fit.state === 'fitted' && fit.pairs >= MIN_PAIRS) {
    return {
      name,
      value: decimals(fit.temperature, 1),
      detail: `${temperatureInterval(fit)}, ${pairsText(fit.pairs)}`,
    };
  }
  return { name, value: '–', detail: tooFewPairs(fit.pairs) ?? reasonWords(fit) };
}

export function temperatureInterval({
  low,
  high,
}: Extract<TemperatureFit, { state: 'fitted' }>): string {
  return high === undefined
    ? t('{0} or more', decimals(low, 1))
    : `${decimals(low, 1)}–${decimals(high, 1)}`;
}

/** Why there is no temperature. */
export function reasonWords(fit: TemperatureFit): string {
  if (fit.state === 'fitted') {
    return '';
  }
  switch (fit.reason) {
    case 'noPairs':
      return t('no pair has a margin');
    case 'separable':
      return t('every choice follows the reward: none is low enough');
    case 'reversed':
      return t('higher rewards are not chosen more often');
  }
}

function length({ length: found }: DatasetStatistics): KeyFigure {
  const name = t('Length and reward');
  if (found === undefined) {
    return { name, value: '–', detail: t('no rewards with lengths yet') };
  }
  const { all, controlled, answers } = found;
  const parts = [
    `${t('Spearman')} ${intervalText(all.interval)}`,
    answersText(answers),
    ...(controlled === undefined ? [] : [t('{0} controlled', signed(controlled.value))]),
  ];
  return { name, value: signed(all.value), detail: parts.join(', ') };
}

function noiseFloor({ noiseFloor: floor }: DatasetStatistics): KeyFigure {
  const name = t('Noise floor');
  return floor === 0
    ? { name, value: '–', detail: t('none known: only equal rewards are ties') }
    : { name, value: floor.toPrecision(1), detail: t('smaller margins count as ties') };
}
