// Histograms of rewards by source.

import { axisX, dot, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import type { DatasetStatistics, SourceHistogram } from '../../../src/sample/statistics';
import { answersText } from '../numbers';
import { countText, rewardText, t } from '../../words';
import { chart, COLORS } from '../chart';
import type { Figure } from '../figure';

/** Sources that are drawn; the table has all. */
const MAX_DRAWN = 6;
/** Answers that a source needs for its median to be spoken of. */
const MIN_ANSWERS = 10;

export function rewardsFigure({ histograms }: DatasetStatistics): Figure {
  const sources = histograms?.sources ?? [];
  const shown = sources.slice(0, MAX_DRAWN);
  const edges = histograms?.edges ?? [];
  return {
    id: 'rewards',
    title: t('Rewards by source'),
    about: t(
      'How the rewards of each source are spread, in the same bins. Rewards of different prompts are not comparable one by one; sources that answered the same prompts are.',
    ),
    sentence: sentenceOf(sources),
    missing: sources.length === 0 ? t('No rewards yet') : undefined,
    table: {
      columns: [
        { title: t('Source') },
        { title: t('Answers') },
        { title: t('Median'), format: rewardText },
        { title: t('25 %'), format: rewardText },
        { title: t('75 %'), format: rewardText },
        { title: t('Lowest'), format: rewardText },
        { title: t('Highest'), format: rewardText },
      ],
      rows: sources.map(({ source, answers, median, lowerQuartile, upperQuartile, min, max }) => [
        source,
        answers,
        median,
        lowerQuartile,
        upperQuartile,
        min,
        max,
      ]),
    },
    draw: ({ width, height }) => {
      const bars = shown.flatMap(({ source, counts }) =>
        counts.map((count, n) => ({ source, count, from: edges[n], to: edges[n + 1] })),
      );
      const nameWidth = Math.min(110, width / 3);
      const name = {
        fy: 'source',
        frameAnchor: 'left' as const,
        textAnchor: 'start' as const,
        dx: -nameWidth,
      };
      return chart({
        width,
        height,
        marginLeft: nameWidth,
        marginRight: 22,
        marginTop: 16,
        marginBottom: 46,
        x: { label: null, domain: [edges[0] ?? 0, edges.at(-1) ?? 1] },
        y: { axis: null },
        fy: { domain: shown.map(({ source }) => source), padding: 0.25, axis: null },
        marks: [
          text(shown, {
            ...name,
            dy: -8,
            text: 'source',
            fontWeight: 600,
            lineWidth: nameWidth / 13,
            textOverflow: 'ellipsis',
          }),
          text(shown, {
            ...name,
            dy: 8,
            text: ({ answers }: SourceHistogram) => countText(answers),
            fill: COLORS.dim,
          }),
          axisX({
            label: t('reward; dashed line: median'),
            labelAnchor: 'center',
            labelArrow: 'none',
            labelOffset: 36,
            color: COLORS.dim,
            tickSize: 3,
          }),
          rectY(bars, {
            fy: 'source',
            x1: 'from',
            x2: 'to',
            y: 'count',
            fill: COLORS.first,
            inset: 0.5,
          }),
          ruleY([0], { stroke: COLORS.line }),
          ruleX(shown, { fy: 'source', x: 'median', stroke: COLORS.text, strokeDasharray: '3 2' }),
          text(shown, {
            fy: 'source',
            x: 'median',
            frameAnchor: 'top',
            textAnchor: 'start',
            lineAnchor: 'middle',
            dx: 4,
            dy: -1,
            text: ({ median }: SourceHistogram) => rewardText(median),
          }),
          // a source whose rewards are all one still has a mark
          dot(
            shown.filter(({ min, max }) => min === max),
            { fy: 'source', x: 'median', y: 0, fill: COLORS.first },
          ),
        ],
      });
    },
  };
}

function sentenceOf(sources: readonly SourceHistogram[]): string {
  const clear = sources.filter(({ answers }) => answers >= MIN_ANSWERS);
  const byMedian = [...clear].sort((a, b) => b.median - a.median);
  const [best, worst] = [byMedian[0], byMedian.at(-1)];
  const more =
    sources.length > MAX_DRAWN ? ` ${t('The table has all {0} sources.', sources.length)}` : '';
  if (best === undefined || worst === undefined || best === worst) {
    const answers = sources.reduce((sum, source) => sum + source.answers, 0);
    return t('{0} with a reward.', answersText(answers)) + more;
  }
  const difference = rewardText(best.median - worst.median);
  return (
    t('The median of {0} is {1} above that of {2}.', best.source, difference, worst.source) + more
  );
}
