// Exports the preference pairs of a dataset to one file.

import { AppError } from '../base/errors';
import { formatPairs, type ExportFormat } from '../formats/exportPairs';
import type { PreferencePair, SkippedPair } from '../formats/preferencePair';
import { readCandidateFile } from '../formats/readCandidateFile';
import { readScoredFile } from '../formats/readScoredFile';
import { writeWholeFile } from '../node/atomicFile';
import { absolutePath, relativePath } from '../node/folder';
import { groupsFromRewards } from '../sample/ranking';
import { pairsOf, type Pair, type PairPolicy } from '../sample/pair';
import type { Sample } from '../sample/sample';
import { JournalFile } from './journalFile';
import { JournalState } from './journalState';
import { sampleHash } from './sampleHash';
import { verdictPairs } from './verdictPairs';

/** Where the preferences of a dataset come from. */
export type PairSource =
  | { readonly from: 'verdicts'; readonly journal: string }
  /** `minMargin`: reward of the chosen minus that of the rejected must be more than this */
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
  readonly skipped: readonly SkippedPair[];
}

type Counts = Record<'samples' | 'badRows' | 'disputed' | 'stale', number>;

/**
 * Collects the pairs and writes them; an existing file is replaced as a whole.
 * @throws AppError `EXPORT_EMPTY` when there is no pair to write; codes of reading and writing
 */
export async function exportPairs(options: PairExportOptions): Promise<PairExportReport> {
  const counts: Counts = { samples: 0, badRows: 0, disputed: 0, stale: 0 };
  const lines: string[] = [];
  const skipped: SkippedPair[] = [];
  for (const dataset of options.datasets) {
    const pairs = await collectPairs(dataset, options.policy, counts);
    const rows = formatPairs(pairs, options.format, (path) =>
      relativePath(options.out, absolutePath(dataset.mediaRoot, path)),
    );
    lines.push(...rows.lines);
    skipped.push(...rows.skipped);
  }
  if (lines.length === 0) {
    const names = options.datasets.map((dataset) => dataset.path).join(', ');
    throw new AppError('EXPORT_EMPTY', `${names}: no pairs to export`);
  }
  await writeWholeFile(options.out, lines.join(''));
  return { pairs: lines.length, ...counts, skipped };
}

async function collectPairs(
  { path, source }: PairDataset,
  policy: PairPolicy,
  counts: Counts,
): Promise<PreferencePair[]> {
  const samples: Sample[] = [];
  for await (const row of readCandidateFile(path, 'safe')) {
    if (row.ok) {
      samples.push(row.sample);
    } else {
      counts.badRows += 1;
    }
  }
  const choose =
    source.from === 'verdicts'
      ? await byVerdicts(source.journal, samples, policy, counts)
      : await byRewards(path, source.scoredFile, source.minMargin, policy);
  const found: PreferencePair[] = [];
  for (const sample of samples) {
    const pairs = choose(sample);
    counts.samples += pairs.length > 0 ? 1 : 0;
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
  counts: Counts,
): Promise<Choose> {
  const { entries } = await new JournalFile(journalPath).read();
  const journal = new JournalState(entries);
  const hashes = new Map(samples.map((s) => [`${s.line}\u0000${s.id}`, sampleHash(s)]));
  const hashAt = (line: number, id: string): string | undefined => hashes.get(`${line}\u0000${id}`);
  return (sample) => {
    const { pairs, disputed, stale } = verdictPairs(journal, sample, policy, hashAt);
    counts.disputed += disputed;
    counts.stale += stale;
    return pairs;
  };
}

async function byRewards(
  path: string,
  scoredFile: string,
  minMargin: number,
  policy: PairPolicy,
): Promise<Choose> {
  const scored = await readScoredFile(scoredFile, path);
  return (sample) => {
    const entry = scored.get(sample.line);
    if (entry?.id !== sample.id) {
      return [];
    }
    const margin = ({ chosen, rejected }: Pair): number =>
      (entry.rewards[chosen] ?? Number.NaN) - (entry.rewards[rejected] ?? Number.NaN);
    return pairsOf(groupsFromRewards(entry.rewards), policy).filter(
      (pair) => margin(pair) > minMargin,
    );
  };
}
