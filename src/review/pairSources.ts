// Which answers of a sample are preferred: by what people decided, or by rewards.

import { readScoredFile, type ScoredDataset } from '../formats/readScoredFile';
import { groupsFromRewards } from '../sample/ranking';
import { pairsOf, type Pair, type PairPolicy } from '../sample/pair';
import type { Sample } from '../sample/sample';
import { JournalFile, type JournalFault } from './journalFile';
import { addRow, type JournalRows } from './journalRows';
import { JournalState } from './journalState';
import { sampleHash } from './sampleHash';
import { verdictPairs, type ChosenPair, type PairAnswer } from './verdictPairs';
import { Verdicts } from './verdicts';

/** Where the preferences of a dataset come from. */
export type PairSource =
  | { readonly from: 'verdicts'; readonly journal: string }
  /**
   * `minMargin`: reward of the chosen minus that of the rejected must be at least this, and above 0
   */
  | { readonly from: 'rewards'; readonly scoredFile: string; readonly minMargin: number };

/** The pairs of a sample, and what gives none. */
export interface SamplePairs {
  /** indices are those of `answers` */
  readonly pairs: readonly ChosenPair[];
  readonly answers: readonly PairAnswer[];
  /** pairs that people disagree on */
  readonly disputed: number;
  /** verdicts on the sample as it was before it changed */
  readonly stale: number;
  /** edited and added answers of the sample as it was before it changed */
  readonly staleAnswers: number;
  /** 1 when the scored output has no row for the sample, or one that does not fit */
  readonly unscored: number;
}

export type ChoosePairs = (sample: Sample) => SamplePairs;

export interface JournalPairs {
  readonly choose: ChoosePairs;
  readonly faults: readonly JournalFault[];
}

/** @throws AppError `JOURNAL_UNREADABLE` */
export async function pairsByVerdicts(
  journalPath: string,
  samples: readonly Sample[],
  policy: PairPolicy,
): Promise<JournalPairs> {
  const { entries, faults } = await new JournalFile(journalPath).read();
  const journal = new JournalState(entries);
  const people = journal.people();
  const rows: JournalRows = new Map();
  for (const sample of samples) {
    addRow(rows, sample, sampleHash(sample));
  }
  const verdicts = new Verdicts(journal, rows);
  const choose: ChoosePairs = (sample) => {
    const staleAnswers = people.reduce(
      (sum, person) => sum + verdicts.staleChangesOf(person, sample.line),
      0,
    );
    return { ...verdictPairs(verdicts, people, sample, policy), staleAnswers, unscored: 0 };
  };
  return { choose, faults };
}

/** @throws AppError as reading scored output does */
export async function pairsByRewards(
  { scoredFile, minMargin }: Extract<PairSource, { from: 'rewards' }>,
  dataset: ScoredDataset,
  policy: PairPolicy,
): Promise<ChoosePairs> {
  const scored = await readScoredFile(scoredFile, dataset);
  return ({ id, line, candidates }) => {
    const answers = candidates.map(({ text }) => ({ text, edited: false }));
    const none = { pairs: [], answers, disputed: 0, stale: 0, staleAnswers: 0, unscored: 0 };
    const entry = scored.get(line);
    if (entry?.id !== id || entry.rewards.length !== candidates.length) {
      return { ...none, unscored: 1 };
    }
    const margin = ({ chosen, rejected }: Pair): number =>
      (entry.rewards[chosen] ?? Number.NaN) - (entry.rewards[rejected] ?? Number.NaN);
    const pairs = pairsOf(groupsFromRewards(entry.rewards), policy)
      .filter((pair) => margin(pair) > 0 && margin(pair) >= minMargin)
      .map((pair) => ({ ...pair, accepted: false }));
    return { ...none, pairs };
  };
}
