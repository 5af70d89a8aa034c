// Rewards against the length of answers, as they are and with the trend taken out.

import { axisFx, axisX, axisY, dot, gridY, line, text } from '@observablehq/plot';
import {
  type Correlation,
  type DatasetStatistics,
  type LengthStatistics,
} from '../../../src/sample/statistics';
import { countText, t } from '../../words';
import { chart, COLORS } from '../chart';
import type { Figure } from '../figure';
import { decimals, signed } from '../numbers';

const MIN_ANSWERS = 30;

interface Point {
  readonly panel: string;
  readonly tokens: number;
  readonly reward: number;
  readonly marked: boolean;
}

export function lengthFigure({ length }: DatasetStatistics): Figure {
  const answers = length?.answers ?? 0;
  const row = (name: string, found: Correlation | undefined) =>
    found === undefined
      ? []
      : [[name, found.value, found.interval?.low, found.interval?.high, found.answers]];
  const format = (value: number): string => signed(value, 3);
  return {
    id: 'length',
    title: t('Reward and length'),
    about: t(
      'The line is a local regression (degree 1, tricube weights, two thirds of the answers around each place). Length-controlled: what is left of each reward when the line is taken away, at the mean reward. Correlations are Spearman’s, with a bootstrap over samples.',
    ),
    sentence: length === undefined ? '' : sentenceOf(length),
    missing:
      answers < MIN_ANSWERS
        ? t('Too few: {0} of {1} answers', countText(answers), MIN_ANSWERS)
        : undefined,
    table: {
      columns: [
        { title: t('Correlation of reward with') },
        { title: t('ρ'), format },
        { title: t('95 % from'), format },
        { title: t('to'), format },
        { title: t('Answers') },
      ],
      rows:
        length === undefined || answers < MIN_ANSWERS
          ? []
          : [
              ...row(t('tokens'), length.all),
              ...row(t('tokens, within samples'), length.within),
              ...row(t('tokens, length-controlled'), length.controlled),
              ...row(t('headings, list items, bold'), length.marks),
            ],
    },
    draw: ({ width, height }) => {
      const panels = [t('Reward'), t('Length-controlled')] as const;
      const points = (length?.points ?? []).flatMap(({ tokens, reward, controlled, marked }) => [
        { panel: panels[0], tokens, reward, marked },
        { panel: panels[1], tokens, reward: controlled, marked },
      ]);
      const trend = (length?.line ?? []).map((at) => ({ panel: panels[0], ...at }));
      const ends = [trend[0], trend.at(-1)].flatMap((end) => end ?? []);
      const level = mean(points.filter(({ panel }) => panel === panels[1]));
      const flat = ends.map((end) => ({ panel: panels[1], length: end.length, reward: level }));
      const legend = { frameAnchor: 'bottom' as const, fx: [panels[0]], dy: 58 };
      const words = { textAnchor: 'start' as const, lineAnchor: 'middle' as const };
      return chart({
        width,
        height,
        marginLeft: 36,
        marginRight: 10,
        marginTop: 26,
        marginBottom: 66,
        fx: { domain: [...panels], label: null, padding: 0.12 },
        x: { label: null, nice: true, zero: true },
        y: { label: null, nice: true },
        marks: [
          axisFx({ anchor: 'top', fontWeight: 600, textAnchor: 'middle' }),
          gridY({ stroke: COLORS.dim, strokeOpacity: 0.3, ticks: 5 }),
          axisX({ ticks: 3, tickSize: 0, label: null, color: COLORS.dim }),
          axisY({
            ticks: 5,
            tickSize: 0,
            label: null,
            color: COLORS.dim,
            tickFormat: (value: number) => decimals(value, Number.isInteger(value) ? 0 : 1),
          }),
          dot(
            points.filter(({ marked }) => !marked),
            {
              fx: 'panel',
              x: 'tokens',
              y: 'reward',
              r: 2.2,
              fill: COLORS.first,
              fillOpacity: 0.75,
            },
          ),
          dot(
            points.filter(({ marked }) => marked),
            {
              fx: 'panel',
              x: 'tokens',
              y: 'reward',
              r: 2.6,
              symbol: 'triangle',
              fill: COLORS.second,
              fillOpacity: 0.8,
            },
          ),
          line([...trend, ...flat], {
            fx: 'panel',
            z: 'panel',
            x: 'length',
            y: 'reward',
            stroke: COLORS.text,
            strokeWidth: 2.5,
          }),
          text([t('answer length, tokens')], {
            frameAnchor: 'bottom',
            fx: [panels[0]],
            dy: 40,
            textAnchor: 'middle',
            fill: COLORS.dim,
          }),
          dot([0], { ...legend, dx: -70, r: 3.5, fill: COLORS.first }),
          text([t('plain')], { ...legend, ...words, dx: -62 }),
          dot([0], { ...legend, dx: -8, r: 4, symbol: 'triangle', fill: COLORS.second }),
          text([t('with markdown')], { ...legend, ...words, dx: 0 }),
          text([t('line: local fit')], { ...legend, ...words, fx: [panels[1]], dx: -40 }),
        ],
      });
    },
  };
}

function mean(points: readonly Point[]): number {
  return points.reduce((sum, { reward }) => sum + reward, 0) / Math.max(1, points.length);
}

/** Correlations that are not to be told from none are called so. */
function sentenceOf({ all, within }: LengthStatistics): string {
  const { interval } = all;
  const isClear = interval !== undefined && (interval.low > 0 || interval.high < 0);
  const trend = !isClear
    ? t('Length and reward do not clearly go together.')
    : all.value > 0
      ? t('Longer answers score higher.')
      : t('Longer answers score lower.');
  return within === undefined
    ? trend
    : `${trend} ${t('Among answers to one prompt: {0}.', signed(within.value))} ${t('On the right the trend is taken out; that is shown beside, never instead.')}`;
}
