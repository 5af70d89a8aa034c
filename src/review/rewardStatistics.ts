// Rewards by source, rewards against length, and what the best of several gains.

import type { BestOfNPoint, LengthStatistics, RewardHistograms } from '../sample/statistics';
import { bestOfNCurve, type ScoredAnswers } from '../scoring/statistics/bestOfN';
import { centredBySample, spearmanBySample } from '../scoring/statistics/correlation';
import { rewardHistograms } from '../scoring/statistics/histogram';
import { controlForLength } from '../scoring/statistics/localRegression';
import type { JudgedSample } from './judgedSamples';

/** Points that are drawn. */
const MAX_POINTS = 1200;

export interface RewardStatistics {
  readonly histograms: RewardHistograms | undefined;
  readonly length: LengthStatistics | undefined;
  readonly bestOfN: readonly BestOfNPoint[];
}

/** @param unnamed stands for answers without a source */
export function rewardStatistics(
  samples: readonly JudgedSample[],
  unnamed: string,
): RewardStatistics {
  const scored = samples.filter((sample) => sample.scored.length > 0);
  const bySource = new Map<string, number[]>();
  for (const { source = unnamed, reward } of scored.flatMap((sample) => sample.scored)) {
    const own = bySource.get(source) ?? [];
    own.push(reward);
    bySource.set(source, own);
  }
  const lengths = withLengths(scored);
  const controlled = lengths.length < 2 ? undefined : controlOf(lengths);
  return {
    histograms: bySource.size === 0 ? undefined : rewardHistograms(bySource),
    length: controlled === undefined ? undefined : lengthStatistics(lengths, controlled),
    bestOfN: bestOfNCurve(controlled === undefined ? [] : byLine(lengths, controlled.rewards)),
  };
}

interface LengthRow {
  readonly line: number;
  readonly reward: number;
  readonly tokens: number;
  readonly marks: number;
}

function withLengths(samples: readonly JudgedSample[]): readonly LengthRow[] {
  return samples.flatMap(({ line, scored }) =>
    scored.flatMap(({ reward, tokens, marks }) =>
      tokens === 0 ? [] : [{ line, reward, tokens, marks }],
    ),
  );
}

type Controlled = ReturnType<typeof controlOf>;

function controlOf(rows: readonly LengthRow[]) {
  return controlForLength(
    rows.map(({ tokens }) => tokens),
    rows.map(({ reward }) => reward),
  );
}

function lengthStatistics(
  rows: readonly LengthRow[],
  { rewards: controlled, line, span }: Controlled,
): LengthStatistics | undefined {
  const lines = rows.map((row) => row.line);
  const rewards = rows.map(({ reward }) => reward);
  const tokens = rows.map((row) => row.tokens);
  const marks = rows.map((row) => row.marks);
  const all = spearmanBySample(tokens, rewards, lines);
  if (all === undefined) {
    return undefined;
  }
  const step = Math.max(1, rows.length / MAX_POINTS);
  const chosen = Array.from({ length: Math.min(rows.length, MAX_POINTS) }, (_, n) =>
    Math.floor(n * step),
  );
  return {
    points: chosen.map((n) => ({
      tokens: tokens[n] ?? 0,
      reward: rewards[n] ?? 0,
      controlled: controlled[n] ?? 0,
      marked: (marks[n] ?? 0) > 0,
    })),
    line,
    span,
    answers: rows.length,
    samples: new Set(lines).size,
    all,
    within: spearmanBySample(
      centredBySample(tokens, lines),
      centredBySample(rewards, lines),
      lines,
    ),
    controlled: spearmanBySample(tokens, controlled, lines),
    marks: spearmanBySample(marks, rewards, lines),
  };
}

/** Rewards of answers with a length, by sample. */
function byLine(
  rows: readonly LengthRow[],
  controlled: readonly number[],
): readonly ScoredAnswers[] {
  const samples = new Map<number, { rewards: number[]; controlled: number[] }>();
  for (const [n, { line, reward }] of rows.entries()) {
    const own = samples.get(line) ?? { rewards: [], controlled: [] };
    own.rewards.push(reward);
    own.controlled.push(controlled[n] ?? 0);
    samples.set(line, own);
  }
  return [...samples.values()];
}
