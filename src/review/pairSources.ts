// Which answers of a sample are preferred: by what people decided, or by rewards.

import type { PairSide, PreferencePair } from '../formats/preferencePair';
import type { RowFormat } from '../formats/rows/rowFormat';
import type { ScoredEntry, ScoredRows } from '../formats/readScoredFile';
import { pairsOf, tiesOf, type PairPolicy } from '../sample/pair';
import { groupsFromRewards } from '../sample/ranking';
import type { Sample } from '../sample/sample';
import { EntryReader } from './entryReader';
import { JournalFile, type JournalFault } from './journalFile';

import { JournalIndex } from './journalIndex';
import { JournalPlaces } from './journalPlaces';
import { rowReaders } from './journalRows';
import { RowVerdicts, type PlacedEntry } from './rowVerdicts';
import { verdictPairs } from './verdictPairs';

/** Where the preferences of a dataset come from. */
export type PairSource =
  /** `scoredFile`: where rewards for the pairs are */
  | { readonly from: 'verdicts'; readonly journal: string; readonly scoredFile?: string }
  | { readonly from: 'rewards'; readonly scoredFile: string };

/** The pairs of a sample, and what gives none. */
export interface SamplePairs {
  readonly pairs: readonly PreferencePair[];
  /** pairs that people disagree on */
  readonly disputed: number;
  /** verdicts on the sample as it was before it changed */
  readonly stale: number;
  /** pairs with an answer that was edited after it was ranked */
  readonly outdated: number;
  /** edited and added answers of the sample as it was before it changed */
  readonly staleAnswers: number;
  /** 1 when the scored output has no row for the sample, or one that does not fit */
  readonly unscored: number;
  /** 1 when all answers that were judged share a place */
  readonly tied: number;
}

/** Gives the pairs of samples, which come in the order of their lines. */
export interface PairChooser {
  readonly faults: readonly JournalFault[];
  choose(sample: Sample): Promise<SamplePairs>;
  close(): Promise<void>;
}

const NONE: SamplePairs = {
  pairs: [],
  disputed: 0,
  stale: 0,
  outdated: 0,
  staleAnswers: 0,
  unscored: 0,
  tied: 0,
};

/** A dataset that people have judged. */
export interface VerdictSource {
  readonly path: string;
  /** reads the rows, by columns that a person named */
  readonly mapped?: RowFormat | undefined;
  /** whose verdicts count; everybody's without it */
  readonly people?: readonly string[] | undefined;
}

/**
 * By what people decided.
 * @param scored rewards for the pairs, if there are any
 * @throws AppError `JOURNAL_UNREADABLE`, and as reading a candidate file does
 */
export async function pairsByVerdicts(
  { path, mapped, people: only }: VerdictSource,
  journalPath: string,
  scored: ScoredRows | undefined,
  policy: PairPolicy,
  ties = false,
): Promise<PairChooser> {
  const { faults, people: all, places } = await readJournal(path, journalPath, mapped);
  const people = only ?? all;
  const reader = new EntryReader(journalPath);
  return {
    faults,
    close: () => reader.close(),
    choose: async (sample) => {
      const placed: PlacedEntry[] = [];
      for (const { place, stale } of places.on(sample.line)) {
        placed.push({ entry: await reader.read(place), stale });
      }
      const verdicts = new RowVerdicts(placed);
      const staleAnswers = people.reduce((sum, person) => sum + verdicts.staleChangesOf(person), 0);
      const found = verdictPairs(verdicts, people, sample, policy, ties);
      const entry = fitting(await scored?.at(sample.line), sample);
      const side = (index: number): PairSide =>
        // answers that were edited or written in the review have no place in the scored output
        withReward(found.answers[index] ?? { text: '', edited: false }, entry?.rewards[index]);
      const pairs = found.pairs.map(({ chosen, rejected, ...others }) => ({
        sample,
        chosen: side(chosen),
        rejected: side(rejected),
        ...others,
        ...(entry?.model === undefined ? {} : { model: entry.model }),
      }));
      const lacksRewards = scored !== undefined && entry === undefined && pairs.length > 0;
      return {
        pairs,
        disputed: found.disputed,
        stale: found.stale,
        outdated: found.outdated,
        staleAnswers,
        unscored: lacksRewards ? 1 : 0,
        tied: found.tied ? 1 : 0,
      };
    },
  };
}

/** What is kept of a journal while the rows come. */
async function readJournal(path: string, journalPath: string, mapped: RowFormat | undefined) {
  const journal = await JournalIndex.read(new JournalFile(journalPath));
  const places = await JournalPlaces.find(journal, rowReaders(path, mapped));
  return { faults: journal.faults, people: journal.people(), places };
}

/** By rewards alone. */
export function pairsByRewards(scored: ScoredRows, policy: PairPolicy, ties = false): PairChooser {
  return {
    faults: [],
    close: () => Promise.resolve(),
    choose: async (sample) => {
      const entry = fitting(await scored.at(sample.line), sample);
      if (entry === undefined) {
        return { ...NONE, unscored: 1 };
      }
      const groups = groupsFromRewards(entry.rewards);
      const side = (index: number): PairSide =>
        withReward(
          { ...(sample.candidates[index] ?? { text: '' }), edited: false },
          entry.rewards[index],
        );
      const pair = (chosen: number, rejected: number, tied: boolean): PreferencePair => ({
        sample,
        chosen: side(chosen),
        rejected: side(rejected),
        accepted: false,
        tied,
        annotators: [],
        ...(entry.model === undefined ? {} : { model: entry.model }),
      });
      const pairs = [
        ...pairsOf(groups, policy).map(({ chosen, rejected }) => pair(chosen, rejected, false)),
        ...(ties ? tiesOf(groups, policy) : []).flatMap(([a, b]) => [
          pair(a, b, true),
          pair(b, a, true),
        ]),
      ];
      const isTied = pairs.length === 0 && groups.length === 1 && groups[0]?.length !== 1;
      return { ...NONE, pairs, tied: isTied ? 1 : 0 };
    },
  };
}

function fitting(
  entry: ScoredEntry | undefined,
  { id, candidates }: Sample,
): ScoredEntry | undefined {
  return entry?.id === id && entry.rewards.length === candidates.length ? entry : undefined;
}

function withReward(side: PairSide, reward: number | null | undefined): PairSide {
  return reward == null ? side : { ...side, reward };
}
