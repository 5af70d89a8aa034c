// How far the model agrees with people, and people with each other.

import { axisX, dot, gridX, ruleY, text, tickX } from '@observablehq/plot';
import {
  MIN_PAIRS,
  type DatasetStatistics,
  type Interval,
  type VerdictMean,
} from '../../../src/sample/statistics';
import { countText, t } from '../../words';
import { chart, COLORS } from '../chart';
import type { Figure } from '../figure';
import { decimals, pairsText, personWords, samplesText, tooFewPairs, whoWords } from '../numbers';

interface Measure {
  readonly name: string;
  readonly value: number;
  readonly interval: Interval | undefined;
  /** what chance would give */
  readonly chance: number;
  readonly cases: string;
  readonly pairs: number | undefined;
  readonly samples: number;
  /** apart: hollow */
  readonly accepted: boolean;
  /** enough cases to be drawn */
  readonly enough: boolean;
}

/** Samples that a mean over samples needs. */
const MIN_SAMPLES = 10;

export function agreementFigure(statistics: DatasetStatistics): Figure {
  const measures = measuresOf(statistics);
  const drawn = measures.filter(({ enough }) => enough);
  const { votes } = statistics.agreement;
  const isCounted = drawn.length > 0;
  return {
    id: 'agreement',
    title: t('Agreement'),
    about: t(
      'Pairwise: share of your pairs that the model orders the same way; ties of the model count half, your ties not at all. Top answer: how often the model’s best is among your best. τ-b: rank correlation within samples. κ: two people over pairs of answers (better, tied, worse), beyond chance. Intervals resample samples, not pairs.',
    ),
    sentence:
      votes === undefined || votes.pairs < MIN_PAIRS
        ? t('Lines are 95 % intervals.')
        : t(
            'The model puts {0} of 100 pairs as {1} did. Lines are 95 % intervals.',
            Math.round(100 * votes.value),
            whoWords(statistics),
          ),
    missing: isCounted ? undefined : tooFewPairs(votes?.pairs ?? 0),
    table: {
      columns: [
        { title: t('Measure') },
        { title: t('Value'), format: (value) => decimals(value, 3) },
        { title: t('95 % from'), format: (value) => decimals(value, 3) },
        { title: t('to'), format: (value) => decimals(value, 3) },
        { title: t('Chance'), format: (value) => decimals(value, 2) },
        { title: t('Pairs') },
        { title: t('Samples') },
      ],
      rows: measures.map(({ name, value, interval, chance, pairs, samples, enough }) =>
        enough
          ? [name, value, interval?.low, interval?.high, chance, pairs, samples]
          : [name, t('too few'), undefined, undefined, chance, pairs, samples],
      ),
    },
    draw: ({ width, height }) => {
      const low = Math.min(0, ...drawn.map(({ value, interval }) => interval?.low ?? value));
      const nameWidth = Math.min(190, width * 0.42);
      const label = {
        y: 'name',
        frameAnchor: 'left' as const,
        textAnchor: 'start' as const,
        dx: -nameWidth,
      };
      return chart({
        width,
        height,
        marginLeft: nameWidth,
        marginRight: 46,
        marginTop: 8,
        marginBottom: 46,
        x: { domain: [Math.max(-1, low), 1], label: null },
        y: { type: 'band', domain: drawn.map(({ name }) => name), padding: 0.4, axis: null },
        marks: [
          gridX({ stroke: COLORS.dim, strokeOpacity: 0.3, ticks: 5 }),
          axisX({
            ticks: 5,
            tickSize: 0,
            label: t('dashed: what chance would give'),
            labelAnchor: 'center',
            labelArrow: 'none',
            labelOffset: 36,
            color: COLORS.dim,
          }),
          text(drawn, {
            ...label,
            dy: -8,
            text: 'name',
            lineWidth: nameWidth / 13,
            textOverflow: 'ellipsis',
          }),
          text(drawn, { ...label, dy: 8, text: 'cases', fill: COLORS.dim }),
          tickX(drawn, {
            y: 'name',
            x: 'chance',
            stroke: COLORS.text,
            strokeDasharray: '2 2',
          }),
          ruleY(
            drawn.filter(({ interval }) => interval !== undefined),
            {
              y: 'name',
              x1: ({ interval }: Measure) => interval?.low,
              x2: ({ interval }: Measure) => interval?.high,
              stroke: ({ accepted }: Measure) => (accepted ? COLORS.line : COLORS.first),
              strokeWidth: 2,
            },
          ),
          dot(drawn, {
            y: 'name',
            x: 'value',
            r: 5,
            fill: ({ accepted }: Measure) => (accepted ? COLORS.page : COLORS.first),
            stroke: ({ accepted }: Measure) => (accepted ? COLORS.line : COLORS.first),
            strokeWidth: 1.5,
          }),
          text(drawn, {
            y: 'name',
            frameAnchor: 'right',
            textAnchor: 'end',
            dx: 42,
            text: ({ value }: Measure) => decimals(value, 2),
            fontWeight: 600,
          }),
        ],
        color: { type: 'identity' },
      });
    },
  };
}

function measuresOf(statistics: DatasetStatistics): readonly Measure[] {
  const { agreement, person } = statistics;
  const { top, tau } = agreement;
  const pairwise = (
    name: string,
    found: DatasetStatistics['agreement']['votes'],
    accepted = false,
  ): Measure[] =>
    found === undefined
      ? []
      : [
          {
            name,
            value: found.value,
            interval: found.interval,
            chance: 0.5,
            cases: pairsText(found.pairs),
            pairs: found.pairs,
            samples: found.samples,
            accepted,
            enough: found.pairs >= MIN_PAIRS,
          },
        ];
  const byVerdict = (name: string, chance: number, found: VerdictMean | undefined): Measure[] =>
    found === undefined
      ? []
      : [
          {
            name,
            value: found.value,
            interval: found.interval,
            chance,
            cases:
              found.verdicts === found.samples
                ? samplesText(found.samples)
                : t(
                    '{0} verdicts, {1} samples',
                    countText(found.verdicts),
                    countText(found.samples),
                  ),
            pairs: undefined,
            samples: found.samples,
            accepted: false,
            enough: found.samples >= MIN_SAMPLES,
          },
        ];
  return [
    ...pairwise(t('Pairwise, own votes'), agreement.votes),
    ...pairwise(t('Pairwise, blind only'), agreement.blind),
    ...byVerdict(t('Top answer the same'), top?.chance ?? 0, top),
    ...pairwise(t('Accepted orders, apart'), agreement.accepted, true),
    ...byVerdict(t('Kendall τ-b'), 0, tau),
    ...agreement.people.flatMap(({ first, second, kappa, interval, pairs, samples }) =>
      kappa === undefined
        ? []
        : [
            {
              name: t(
                'Cohen κ, {0} and {1}',
                personWords(first, person),
                personWords(second, person),
              ),
              value: kappa,
              interval,
              chance: 0,
              cases: t('{0} pairs, {1} samples', countText(pairs), countText(samples)),
              pairs,
              samples,
              accepted: false,
              enough: pairs >= MIN_PAIRS,
            },
          ],
    ),
  ];
}
