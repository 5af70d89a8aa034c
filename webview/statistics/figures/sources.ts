// A league of sources by what people chose.

import { axisX, dot, gridX, ruleY, text } from '@observablehq/plot';
import {
  MIN_PAIRS,
  type DatasetStatistics,
  type RatedSource,
  type UnratedReason,
} from '../../../src/sample/statistics';
import { countText, t } from '../../words';
import { chart, COLORS } from '../chart';
import type { Figure } from '../figure';
import { pairsText, tooFewPairs } from '../numbers';

/** Sources that are drawn; the table has all. */
const MAX_DRAWN = 12;
/** Nobody judges so many to settle which of two is better. */
const MANY_PAIRS = 1000;

export function sourcesFigure({ league, people, selection }: DatasetStatistics): Figure {
  const { rated, unrated, comparisons } = league;
  const drawn = rated.slice(0, MAX_DRAWN);
  const whole = (value: number): string => countText(Math.round(value));
  const isOwn = (selection.people ?? people).length === 1;
  return {
    id: 'sources',
    title: isOwn ? t('Sources, by one person’s verdicts') : t('Sources, by verdicts'),
    about: t(
      'Bradley–Terry ratings of the sources by people’s own votes, a tie as half a win for both: 400 points more are odds of ten to one, 1,000 is the mean. Rewards have no part in it. Intervals are 95 %, from the observed information, widened where several pairs come from one sample.',
    ),
    sentence: sentenceOf(rated, unrated.length, comparisons),
    missing:
      tooFewPairs(comparisons) ??
      (rated.length === 0 ? t('No two sources have won and lost against each other') : undefined),
    table: {
      columns: [
        { title: t('Source') },
        { title: t('Rating'), format: whole },
        { title: t('95 % from'), format: whole },
        { title: t('to'), format: whole },
        { title: t('Pairs') },
        { title: t('Above the next'), format: whole },
        { title: t('Pairs to settle that') },
      ],
      rows:
        comparisons < MIN_PAIRS
          ? []
          : [
              ...rated.map(({ source, rating, interval, comparisons: pairs, lead }) => [
                source,
                rating,
                interval.low,
                interval.high,
                pairs,
                lead?.points,
                lead?.morePairs,
              ]),
              ...unrated.map(({ source, reason }) => [source, reasonWords(reason)]),
            ],
    },
    draw: ({ width, height }) => {
      const nameWidth = Math.min(150, width * 0.36);
      const places = new Map(drawn.map(({ source }, n) => [source, n + 1]));
      return chart({
        width,
        height,
        marginLeft: nameWidth,
        marginRight: 54,
        marginTop: 8,
        marginBottom: 46,
        x: { label: null, nice: true },
        y: { type: 'point', domain: drawn.map(({ source }) => source), padding: 0.6, axis: null },
        marks: [
          gridX({ stroke: COLORS.dim, strokeOpacity: 0.3, ticks: 5 }),
          axisX({
            ticks: 5,
            tickSize: 0,
            tickFormat: whole,
            label: t('Bradley–Terry rating with 95 % interval'),
            labelAnchor: 'center',
            labelArrow: 'none',
            labelOffset: 36,
            color: COLORS.dim,
          }),
          text(drawn, {
            y: 'source',
            frameAnchor: 'left',
            textAnchor: 'start',
            dx: -nameWidth,
            text: ({ source }: RatedSource) => `${places.get(source) ?? ''}  ${source}`,
            lineWidth: nameWidth / 13,
            textOverflow: 'ellipsis',
          }),
          ruleY(drawn, {
            y: 'source',
            x1: ({ interval }: RatedSource) => interval.low,
            x2: ({ interval }: RatedSource) => interval.high,
            stroke: COLORS.first,
            strokeWidth: 2,
          }),
          dot(drawn, { y: 'source', x: 'rating', r: 5, fill: COLORS.first }),
          text(drawn, {
            y: 'source',
            frameAnchor: 'right',
            textAnchor: 'end',
            dx: 50,
            text: ({ rating }: RatedSource) => whole(rating),
            fontWeight: 600,
          }),
        ],
      });
    },
  };
}

function sentenceOf(rated: readonly RatedSource[], unrated: number, comparisons: number): string {
  const [first, second] = rated;
  const left = unrated === 0 ? '' : ` ${t('{0} without a rating: see the table.', unrated)}`;
  if (first?.lead === undefined || second === undefined) {
    return left.trim();
  }
  const { morePairs } = first.lead;
  const words =
    morePairs === 0
      ? t('{0} is ahead of {1} ({2}).', first.source, second.source, pairsText(comparisons))
      : morePairs > MANY_PAIRS
        ? t('{0} and {1} are level ({2}).', first.source, second.source, pairsText(comparisons))
        : t(
            '{0} and {1} overlap: about {2} between them would settle it.',
            first.source,
            second.source,
            pairsText(morePairs),
          );
  return words + left;
}

function reasonWords(reason: UnratedReason): string {
  switch (reason) {
    case 'alwaysWins':
      return t('always better than the rated ones');
    case 'alwaysLoses':
      return t('always worse than the rated ones');
    case 'separable':
      return t('one order explains every choice');
    case 'notCompared':
      return t('never compared with the rated ones');
  }
}
