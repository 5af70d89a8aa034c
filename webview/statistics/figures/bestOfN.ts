// What choosing the best of several answers gains.

import { areaY, axisX, axisY, dot, gridY, line, text } from '@observablehq/plot';
import type { BestOfNPoint, DatasetStatistics } from '../../../src/sample/statistics';
import { countText, rewardText, t } from '../../words';
import { chart, COLORS } from '../chart';
import type { Figure } from '../figure';
import { decimals, samplesText, shareText } from '../numbers';

const MIN_SAMPLES = 10;

export function bestOfNFigure({ bestOfN: curve }: DatasetStatistics): Figure {
  const samples = curve[0]?.samples ?? 0;
  return {
    id: 'best-of-n',
    title: t('Best of N'),
    about: t(
      'How much higher the reward is when the best of N answers to a prompt is taken instead of one at random: the mean over samples, all drawn without replacement. The dashed line counts the same choices in length-controlled rewards. A higher reward is not yet a better answer.',
    ),
    sentence: sentenceOf(curve),
    missing:
      samples < MIN_SAMPLES
        ? t(
            'Too few: {0} of {1} samples with several scored answers',
            countText(samples),
            MIN_SAMPLES,
          )
        : undefined,
    table: {
      columns: [
        { title: t('N') },
        { title: t('Gain'), format: rewardText },
        { title: t('95 % from'), format: rewardText },
        { title: t('to'), format: rewardText },
        { title: t('Length-controlled'), format: rewardText },
        { title: t('Samples') },
      ],
      rows:
        samples < MIN_SAMPLES
          ? []
          : curve.map(({ n, gain, interval, controlledGain, samples: count }) => [
              n,
              gain,
              interval?.low,
              interval?.high,
              controlledGain,
              count,
            ]),
    },
    draw: ({ width, height }) => {
      const bounds = curve.flatMap(({ gain, interval, controlledGain }) => [
        interval?.low ?? gain,
        interval?.high ?? gain,
        controlledGain,
      ]);
      const legend = (row: number) => ({ frameAnchor: 'top-left' as const, dy: 10 + 18 * row });
      const label = { textAnchor: 'start' as const, lineAnchor: 'middle' as const, dx: 24 };
      return chart({
        width,
        height,
        marginLeft: 40,
        marginRight: 14,
        marginTop: 10,
        marginBottom: 46,
        x: { type: 'log', base: 2, domain: [1, curve.length], label: null },
        y: { domain: [Math.min(0, ...bounds), Math.max(...bounds)], nice: true, label: null },
        marks: [
          gridY({ stroke: COLORS.dim, strokeOpacity: 0.3, ticks: 6 }),
          axisX({
            ticks: ticksOf(curve.length),
            tickFormat: (n: number) => countText(n),
            tickSize: 0,
            label: t('answers to choose from (N)'),
            labelAnchor: 'center',
            labelArrow: 'none',
            labelOffset: 36,
            color: COLORS.dim,
          }),
          axisY({
            ticks: 6,
            tickSize: 0,
            color: COLORS.dim,
            tickFormat: (value: number) => decimals(value, 1),
          }),
          areaY(curve, {
            x: 'n',
            y1: ({ gain, interval }: BestOfNPoint) => interval?.low ?? gain,
            y2: ({ gain, interval }: BestOfNPoint) => interval?.high ?? gain,
            fill: COLORS.first,
            fillOpacity: 0.2,
          }),
          line(curve, {
            x: 'n',
            y: 'controlledGain',
            stroke: COLORS.third,
            strokeDasharray: '4 3',
          }),
          dot(curve, { x: 'n', y: 'controlledGain', symbol: 'square', r: 4, fill: COLORS.third }),
          line(curve, { x: 'n', y: 'gain', stroke: COLORS.first, strokeWidth: 2 }),
          dot(curve, { x: 'n', y: 'gain', r: 4, fill: COLORS.first }),
          dot([0], { ...legend(0), dx: 12, r: 4, fill: COLORS.first }),
          text([t('gain in reward')], { ...legend(0), ...label }),
          dot([0], { ...legend(1), dx: 12, r: 4, symbol: 'square', fill: COLORS.third }),
          text([t('the same, length-controlled')], { ...legend(1), ...label }),
        ],
      });
    },
  };
}

/** All while there is room, else powers of two and the last one. */
function ticksOf(longest: number): readonly number[] {
  const all = Array.from({ length: longest }, (_, n) => n + 1);
  return longest <= 6
    ? all
    : all.filter((n) => n === longest || (Number.isInteger(Math.log2(n)) && n < longest / 1.3));
}

function sentenceOf(curve: readonly BestOfNPoint[]): string {
  const last = curve.at(-1);
  if (last === undefined) {
    return '';
  }
  const gain = t(
    '{0} answers instead of one raise the reward by {1} ({2}).',
    countText(last.n),
    rewardText(last.gain),
    samplesText(last.samples),
  );
  const share = 1 - last.controlledGain / last.gain;
  return last.gain > 0 && share > 0.1
    ? `${gain} ${t('{0} of that goes with length.', shareText(Math.min(1, share)))}`
    : gain;
}
