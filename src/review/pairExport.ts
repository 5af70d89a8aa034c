// Exports the preference pairs of a dataset to one file.

import { AppError } from '../base/errors';
import { formatPairs, type ExportFormat } from '../formats/exportPairs';
import type { PreferencePair, SkippedPair } from '../formats/preferencePair';
import { readCandidateFile } from '../formats/readCandidateFile';
import { readScoredFile } from '../formats/readScoredFile';
import { writeWholeFile } from '../node/atomicFile';
import { absolutePath, isAddress, relativePath } from '../node/folder';
import { requireOwnOutputs } from '../node/outputPath';
import { groupsFromRewards } from '../sample/ranking';
import { pairsOf, type Pair, type PairPolicy } from '../sample/pair';
import type { Sample } from '../sample/sample';
import { JournalFile, type JournalFault } from './journalFile';
import { addRow, type JournalRows } from './journalRows';
import { JournalState } from './journalState';
import { sampleHash } from './sampleHash';
import { verdictPairs } from './verdictPairs';
import { Verdicts } from './verdicts';

/** Where the preferences of a dataset come from. */
export type PairSource =
  | { readonly from: 'verdicts'; readonly journal: string }
  /**
   * `minMargin`: reward of the chosen minus that of the rejected must be at least this, and above 0
   */
  | { readonly from: 'rewards'; readonly scoredFile: string; readonly minMargin: number };

export interface PairDataset {
  readonly path: string;
  /** folder that media paths of the dataset are relative to */
  readonly mediaRoot: string;
  readonly source: PairSource;
}

export interface PairExportOptions {
  readonly datasets: readonly PairDataset[];
  readonly policy: PairPolicy;
  readonly format: ExportFormat;
  readonly out: string;
}

export interface PairExportReport {
  readonly pairs: number;
  /** samples that gave at least one pair */
  readonly samples: number;
  /** rows of the datasets that could not be read */
  readonly badRows: number;
  /** pairs that people disagree on */
  readonly disputed: number;
  /** verdicts on samples that have changed since */
  readonly stale: number;
  /** samples that the scored output has no row for, or one that does not fit */
  readonly unscored: number;
  readonly skipped: readonly SkippedPair[];
  /** lines of journals that are not entries */
  readonly journalFaults: readonly (JournalFault & { readonly file: string })[];
}

/** A report in the making. */
type Tally = {
  -readonly [K in keyof Omit<PairExportReport, 'journalFaults'>]: PairExportReport[K];
} & { readonly journalFaults: (JournalFault & { readonly file: string })[] };

/**
 * Collects the pairs and writes them; an existing file is replaced as a whole.
 * @throws AppError `USAGE` when the output would replace a file that is read, `EXPORT_EMPTY` when
 *   there is no pair to write; codes of reading and writing
 */
export async function exportPairs(options: PairExportOptions): Promise<PairExportReport> {
  const { datasets, policy, format, out } = options;
  await requireOwnOutputs([out], datasets.flatMap(filesOf));
  const tally: Tally = {
    pairs: 0,
    samples: 0,
    badRows: 0,
    disputed: 0,
    stale: 0,
    unscored: 0,
    skipped: [],
    journalFaults: [],
  };
  const lines: string[] = [];
  for (const dataset of datasets) {
    const pairs = await collectPairs(dataset, policy, datasets.length > 1, tally);
    const rows = formatPairs(pairs, format, (path) =>
      isAddress(path) ? path : relativePath(out, absolutePath(dataset.mediaRoot, path)),
    );
    lines.push(...rows.lines);
    tally.skipped = [...tally.skipped, ...rows.skipped];
  }
  if (lines.length === 0) {
    throw new AppError('EXPORT_EMPTY', emptyText(datasets, tally));
  }
  await writeWholeFile(out, lines.join(''));
  return { ...tally, pairs: lines.length };
}

/** What the pairs of a dataset are made from. */
function filesOf({ path, source }: PairDataset): string[] {
  return [path, source.from === 'verdicts' ? source.journal : source.scoredFile];
}

function emptyText(datasets: readonly PairDataset[], tally: Tally): string {
  const reasons = [
    [tally.journalFaults.length, 'lines of the verdict journal can’t be read'],
    [tally.badRows, 'rows can’t be read'],
    [tally.stale, 'verdicts are on samples that have changed'],
    [tally.disputed, 'pairs are disputed'],
    [tally.unscored, 'samples have no scored row'],
    [tally.skipped.length, 'pairs don’t fit the format'],
  ] as const;
  const why = reasons.flatMap(([count, text]) => (count > 0 ? [`${count} ${text}`] : []));
  const names = datasets.map(({ path }) => path).join(', ');
  return `${names}: no pairs to export${why.length === 0 ? '' : ` (${why.join('; ')})`}`;
}

async function collectPairs(
  { path, source }: PairDataset,
  policy: PairPolicy,
  isOneOfSeveral: boolean,
  tally: Tally,
): Promise<PreferencePair[]> {
  const samples: Sample[] = [];
  for await (const row of readCandidateFile(path, 'safe')) {
    if (row.ok) {
      samples.push(row.sample);
    } else {
      tally.badRows += 1;
    }
  }
  const choose =
    source.from === 'verdicts'
      ? await byVerdicts(source.journal, samples, policy, tally)
      : await byRewards(source, { path, isOneOfSeveral }, policy, tally);
  const found: PreferencePair[] = [];
  for (const sample of samples) {
    const pairs = choose(sample);
    tally.samples += pairs.length > 0 ? 1 : 0;
    for (const { chosen, rejected } of pairs) {
      const better = sample.candidates[chosen]?.text;
      const worse = sample.candidates[rejected]?.text;
      if (better !== undefined && worse !== undefined) {
        found.push({ sample, chosen: better, rejected: worse });
      }
    }
  }
  return found;
}

type Choose = (sample: Sample) => readonly Pair[];

async function byVerdicts(
  journalPath: string,
  samples: readonly Sample[],
  policy: PairPolicy,
  tally: Tally,
): Promise<Choose> {
  const { entries, faults } = await new JournalFile(journalPath).read();
  tally.journalFaults.push(...faults.map((fault) => ({ ...fault, file: journalPath })));
  const journal = new JournalState(entries);
  const people = journal.people();
  const rows: JournalRows = new Map();
  for (const sample of samples) {
    addRow(rows, sample, sampleHash(sample));
  }
  const verdicts = new Verdicts(journal, rows);
  return (sample) => {
    const { pairs, disputed, stale } = verdictPairs(verdicts, people, sample, policy);
    tally.disputed += disputed;
    tally.stale += stale;
    return pairs;
  };
}

async function byRewards(
  { scoredFile, minMargin }: Extract<PairSource, { from: 'rewards' }>,
  dataset: { readonly path: string; readonly isOneOfSeveral: boolean },
  policy: PairPolicy,
  tally: Tally,
): Promise<Choose> {
  const scored = await readScoredFile(scoredFile, dataset);
  return ({ id, line, candidates }) => {
    const entry = scored.get(line);
    if (entry?.id !== id || entry.rewards.length !== candidates.length) {
      tally.unscored += 1;
      return [];
    }
    const margin = ({ chosen, rejected }: Pair): number =>
      (entry.rewards[chosen] ?? Number.NaN) - (entry.rewards[rejected] ?? Number.NaN);
    return pairsOf(groupsFromRewards(entry.rewards), policy).filter(
      (pair) => margin(pair) > 0 && margin(pair) >= minMargin,
    );
  };
}
