// All statistics of a dataset, from its judged and scored samples.

import { throwIfAborted } from '../base/abort';
import {
  MIN_PAIRS,
  type DatasetStatistics,
  type StatisticsFacts,
  type StatisticsSelection,
  type TemperatureFit,
} from '../sample/statistics';
import { reliabilityBins } from '../scoring/statistics/reliability';
import { sourceLeague } from '../scoring/statistics/sourceLeague';
import { fitTemperature } from '../scoring/statistics/temperature';
import { agreementStatistics } from './agreement';
import { judgedPairs, placedPairs, sourceComparisons, votesOf, type Vote } from './judgedPairs';
import type { JudgedSample } from './judgedSamples';
import { rewardStatistics } from './rewardStatistics';

export interface StatisticsOptions {
  readonly selection: StatisticsSelection;
  /** who reviews: named first */
  readonly person: string;
  /** rows of the dataset */
  readonly rows: number;
  /** smaller margins are ties, in units of rewards */
  readonly noiseFloor: number;
  /** stands for answers without a source */
  readonly unnamed: string;
}

/**
 * Others get their turn between the parts, each of which takes a few tenths of a second for thousands
 * of answers.
 * @throws AppError `CANCELLED`
 */
export async function datasetStatistics(
  samples: readonly JudgedSample[],
  options: StatisticsOptions,
  signal?: AbortSignal,
): Promise<DatasetStatistics> {
  const pause = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(signal);
  };
  const { selection, person, noiseFloor, unnamed } = options;
  const people = peopleOf(samples, person);
  const selected = selectedSamples(samples, selection);
  const votes = votesOf(selected);
  const own = votes.filter(({ verdict }) => !verdict.accepted);
  const pairs = judgedPairs(own);
  const temperature = fitTemperature(pairs);
  const bins = reliabilityBins(pairs, isUsable(temperature) ? temperature.temperature : undefined);
  const chosen = people.filter((name) => selection.people?.includes(name) ?? true);
  await pause();
  const agreement = agreementStatistics(votes, chosen, noiseFloor);
  await pause();
  const rewards = rewardStatistics(selected, unnamed);
  await pause();
  return {
    selection,
    people,
    domains: [...new Set(samples.flatMap(({ domain }) => domain ?? []))].sort(),
    person,
    facts: factsOf(selected, votes, chosen, options),
    noiseFloor,
    agreement,
    temperature,
    reliability: bins,
    ...rewards,
    league: sourceLeague(sourceComparisons(own)),
  };
}

/** There are enough pairs for a probability to be shown. */
function isUsable(fit: TemperatureFit): fit is Extract<TemperatureFit, { state: 'fitted' }> {
  return fit.state === 'fitted' && fit.pairs >= MIN_PAIRS;
}

/** Everybody with a verdict; the person who reviews comes first, whether or not there is one. */
function peopleOf(samples: readonly JudgedSample[], person: string): readonly string[] {
  const others = new Set(
    samples.flatMap(({ verdicts }) => verdicts.map((verdict) => verdict.person)),
  );
  others.delete(person);
  return [person, ...[...others].sort()];
}

/** With the verdicts of the selection only. */
function selectedSamples(
  samples: readonly JudgedSample[],
  { people, domains, blindOnly = false }: StatisticsSelection,
): readonly JudgedSample[] {
  return samples
    .filter(({ domain }) => domains === undefined || domains.includes(domain ?? ''))
    .map((sample) => ({
      ...sample,
      verdicts: sample.verdicts.filter(
        ({ person, blind }) => (people?.includes(person) ?? true) && (blind || !blindOnly),
      ),
    }));
}

function factsOf(
  samples: readonly JudgedSample[],
  votes: readonly Vote[],
  people: readonly string[],
  { rows }: StatisticsOptions,
): StatisticsFacts {
  const verdicts = samples.flatMap((sample) => sample.verdicts);
  const standing = verdicts.filter(({ stale }) => !stale);
  const tied = votes.map(({ placed }) =>
    placedPairs(placed).filter(([first, second]) => first.place === second.place),
  );
  return {
    samples: rows,
    reviewed: samples.filter((sample) => sample.verdicts.some(({ stale }) => !stale)).length,
    people: people.map((name) => ({
      name,
      reviewed: standing.filter(({ person }) => person === name).length,
    })),
    allBad: standing.filter(({ placed }) => placed === undefined).length,
    allTied: votes.filter(
      ({ placed }) => placed.length > 1 && placed.every(({ place }) => place === placed[0]?.place),
    ).length,
    tiedPairs: tied.flat().length,
    stale: verdicts.length - standing.length,
    scored: samples.filter(({ scored }) => scored.length > 0).length,
    unscored: votes.filter(({ placed }) => placed.some(({ reward }) => reward === undefined))
      .length,
    upTo: standing.reduce<string | undefined>(
      (latest, { at }) =>
        latest === undefined || Date.parse(at) > Date.parse(latest) ? at : latest,
      undefined,
    ),
  };
}
