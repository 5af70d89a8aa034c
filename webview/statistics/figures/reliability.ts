// Whether the probability that a margin stands for is what happens.

import { axisX, axisY, dot, gridY, line, ruleX, text } from '@observablehq/plot';
import {
  MIN_PAIRS,
  type DatasetStatistics,
  type ReliabilityBin,
} from '../../../src/sample/statistics';
import { chanceText, percentText, rewardText, t } from '../../words';
import { chart, COLORS } from '../chart';
import type { Figure } from '../figure';
import { decimals, shareText, tooFewPairs } from '../numbers';

export function reliabilityFigure({
  reliability: bins,
  temperature: fit,
}: DatasetStatistics): Figure {
  const isFitted = fit.state === 'fitted' && fit.pairs >= MIN_PAIRS;
  const temperature = isFitted ? decimals(fit.temperature, 1) : undefined;
  return {
    id: 'reliability',
    title: t('Reliability'),
    about: t(
      'Pairs in bins of equal size by their margin. Across: the chance that the higher reward is chosen, as sigmoid(margin) or sigmoid(margin / T) has it. Up: how often it was, with Wilson’s 95 % interval. T is fitted on the same pairs.',
    ),
    sentence: sentenceOf(bins, temperature),
    missing: bins.length < 2 ? (tooFewPairs(fit.pairs) ?? t('Too few pairs')) : undefined,
    table: {
      columns: [
        { title: t('Margins from'), format: rewardText },
        { title: t('to'), format: rewardText },
        { title: t('Raw says'), format: shareText },
        ...(temperature === undefined
          ? []
          : [{ title: t('T = {0} says', temperature), format: shareText }]),
        { title: t('Agreed'), format: shareText },
        { title: t('95 % from'), format: shareText },
        { title: t('to'), format: shareText },
        { title: t('Pairs') },
      ],
      rows: bins.map(({ margins, raw, scaled, agreed, interval, pairs }) => [
        margins.low,
        margins.high,
        raw,
        ...(temperature === undefined ? [] : [scaled]),
        agreed,
        interval.low,
        interval.high,
        pairs,
      ]),
    },
    draw: ({ width, height }) => {
      const percent = (value: number): string => percentText(String(Math.round(100 * value)));
      const lowest = Math.min(0.4, ...bins.map(({ interval }) => interval.low));
      const scaled = ({ scaled: value }: ReliabilityBin): number | undefined => value;
      const legend = (row: number) => ({ frameAnchor: 'top-left' as const, dy: 10 + 18 * row });
      return chart({
        width,
        height,
        marginLeft: 44,
        marginRight: 26,
        marginTop: 10,
        marginBottom: 46,
        x: { domain: [0.5, 1], label: null },
        y: { domain: [lowest, 1], label: null },
        marks: [
          gridY({ stroke: COLORS.dim, strokeOpacity: 0.3, ticks: 6 }),
          axisX({
            ticks: 5,
            tickSize: 0,
            tickFormat: percent,
            label: t('predicted chance that the higher reward is chosen'),
            labelAnchor: 'center',
            labelArrow: 'none',
            labelOffset: 36,
            color: COLORS.dim,
          }),
          axisY({ ticks: 6, tickSize: 0, tickFormat: percent, color: COLORS.dim }),
          line(
            [
              [0.5, 0.5],
              [1, 1],
            ],
            { stroke: COLORS.line, strokeDasharray: '4 3', strokeWidth: 1 },
          ),
          line(bins, { x: 'raw', y: 'agreed', stroke: COLORS.second, strokeDasharray: '5 3' }),
          dot(bins, { x: 'raw', y: 'agreed', symbol: 'diamond', fill: COLORS.second, r: 5 }),
          ...(temperature === undefined
            ? []
            : [
                ruleX(bins, {
                  x: scaled,
                  y1: ({ interval }: ReliabilityBin) => interval.low,
                  y2: ({ interval }: ReliabilityBin) => interval.high,
                  stroke: COLORS.first,
                }),
                line(bins, { x: scaled, y: 'agreed', stroke: COLORS.first, strokeWidth: 2 }),
                dot(bins, { x: scaled, y: 'agreed', fill: COLORS.first, r: 4 }),
                dot([0], { ...legend(1), dx: 12, fill: COLORS.first, r: 4 }),
                text([t('with T = {0}', temperature)], {
                  ...legend(1),
                  dx: 22,
                  textAnchor: 'start',
                  lineAnchor: 'middle',
                }),
              ]),
          ...(temperature === undefined
            ? [
                ruleX(bins, {
                  x: 'raw',
                  y1: ({ interval }: ReliabilityBin) => interval.low,
                  y2: ({ interval }: ReliabilityBin) => interval.high,
                  stroke: COLORS.second,
                }),
              ]
            : []),
          dot([0], { ...legend(0), dx: 12, symbol: 'diamond', fill: COLORS.second, r: 5 }),
          text([t('raw sigmoid')], {
            ...legend(0),
            dx: 22,
            textAnchor: 'start',
            lineAnchor: 'middle',
          }),
        ],
      });
    },
  };
}

function sentenceOf(bins: readonly ReliabilityBin[], temperature: string | undefined): string {
  // where the raw sigmoid is furthest from what happened
  const worst = [...bins].sort(
    (a, b) => Math.abs(b.raw - b.agreed) - Math.abs(a.raw - a.agreed),
  )[0];
  if (worst === undefined) {
    return '';
  }
  const raw = t(
    'Where the raw sigmoid says {0}, the higher reward was chosen in {1}.',
    chanceText(worst.raw),
    shareText(worst.agreed),
  );
  const scaled = worst.scaled;
  return temperature === undefined || scaled === undefined
    ? raw
    : `${raw} ${t('With T = {0} it says {1} there.', temperature, chanceText(scaled))}`;
}
