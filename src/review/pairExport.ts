// Exports the preference pairs of datasets to one file.

import { AppError, encodeError, type EncodedError } from '../base/errors';
import { formatPairs, type ExportFormat } from '../formats/exportPairs';
import type { PreferencePair, SkippedPair } from '../formats/preferencePair';
import { readCandidateFile } from '../formats/readCandidateFile';
import { writeWholeFile } from '../node/atomicFile';
import { absolutePath, isAddress, relativePath } from '../node/folder';
import { requireOwnOutputs } from '../node/outputPath';
import type { PairPolicy } from '../sample/pair';
import type { Sample } from '../sample/sample';
import type { JournalFault } from './journalFile';
import {
  pairsByRewards,
  pairsByVerdicts,
  type ChoosePairs,
  type PairSource,
  type SamplePairs,
} from './pairSources';

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

/** A dataset, or one of its rows, that could not be read. */
export interface DatasetFault {
  readonly file: string;
  /** `undefined` for the whole dataset */
  readonly line?: number;
  readonly error: EncodedError;
}

type InFile<T> = T & { readonly file: string };

export interface PairExportReport {
  readonly pairs: number;
  /** pairs that come only from orders of the model that were accepted: nobody voted for them */
  readonly acceptedPairs: number;
  /** samples that gave at least one pair */
  readonly samples: number;
  /** datasets and rows that could not be read; an only dataset is an error instead */
  readonly faults: readonly DatasetFault[];
  /** how many of the faults are rows */
  readonly badRows: number;
  /** pairs that people disagree on */
  readonly disputed: number;
  /** verdicts on samples that have changed since */
  readonly stale: number;
  /** samples that the scored output has no row for, or one that does not fit */
  readonly unscored: number;
  readonly skipped: readonly InFile<SkippedPair>[];
  /** lines of journals that are not entries */
  readonly journalFaults: readonly InFile<JournalFault>[];
  /** pairs with an answer that somebody has edited or written in the review */
  readonly editedPairs: number;
  /** edited and added answers that are not used: their sample has changed since */
  readonly staleAnswers: number;
}

/** A report in the making. */
interface Tally {
  readonly lines: string[];
  readonly faults: DatasetFault[];
  readonly skipped: InFile<SkippedPair>[];
  readonly journalFaults: InFile<JournalFault>[];
  acceptedPairs: number;
  samples: number;
  disputed: number;
  stale: number;
  unscored: number;
  editedPairs: number;
  staleAnswers: number;
}

/**
 * Collects the pairs and writes them; an existing file is replaced as a whole. Of several datasets
 * those that can be read are exported.
 * @param onReport told what was found before anything is written, so also when there is no pair
 * @throws AppError `USAGE` when the output would replace a file that is read, `EXPORT_EMPTY` when
 *   there is no pair to write; codes of reading the only dataset or scored output, and of writing
 */
export async function exportPairs(
  options: PairExportOptions,
  onReport: (report: PairExportReport) => void = () => undefined,
): Promise<PairExportReport> {
  const { datasets, out } = options;
  await requireOwnOutputs([out], datasets.flatMap(filesOf));
  const tally: Tally = {
    lines: [],
    faults: [],
    skipped: [],
    journalFaults: [],
    acceptedPairs: 0,
    samples: 0,
    disputed: 0,
    stale: 0,
    unscored: 0,
    editedPairs: 0,
    staleAnswers: 0,
  };
  const collected: (readonly PreferencePair[])[] = [];
  for (const dataset of datasets) {
    collected.push(await collectPairs(dataset, options, tally));
  }
  // all rows have the same keys: readers take the columns from the first ones
  const marksEdits = collected.flat().some(({ edited }) => edited.chosen || edited.rejected);
  for (const [n, dataset] of datasets.entries()) {
    addRows(dataset, { ...options, marksEdits }, collected[n] ?? [], tally);
  }
  const { lines, ...counted } = tally;
  const report: PairExportReport = {
    ...counted,
    pairs: lines.length,
    badRows: tally.faults.filter(({ line }) => line !== undefined).length,
  };
  onReport(report);
  if (lines.length === 0) {
    throw new AppError('EXPORT_EMPTY', emptyText(datasets, report));
  }
  await writeWholeFile(out, lines.join(''));
  return report;
}

/** What the pairs of a dataset are made from. */
function filesOf({ path, source }: PairDataset): string[] {
  return [path, source.from === 'verdicts' ? source.journal : source.scoredFile];
}

function emptyText(datasets: readonly PairDataset[], report: PairExportReport): string {
  const reasons = [
    [report.faults.length - report.badRows, 'files can’t be read'],
    [report.journalFaults.length, 'lines of the verdict journal can’t be read'],
    [report.badRows, 'rows can’t be read'],
    [report.stale, 'verdicts are on samples that have changed'],
    [report.disputed, 'pairs are disputed'],
    [report.unscored, 'samples have no scored row'],
    [report.skipped.length, 'pairs don’t fit the format'],
  ] as const;
  const why = reasons.flatMap(([count, text]) => (count > 0 ? [`${count} ${text}`] : []));
  const names = datasets.map(({ path }) => path).join(', ');
  return `${names}: no pairs to export${why.length === 0 ? '' : ` (${why.join('; ')})`}`;
}

function addRows(
  { path, mediaRoot }: PairDataset,
  { format, out, marksEdits }: PairExportOptions & { readonly marksEdits: boolean },
  pairs: readonly PreferencePair[],
  tally: Tally,
): void {
  const toExportedPath = (name: string): string =>
    isAddress(name) ? name : relativePath(out, absolutePath(mediaRoot, name));
  const { rows, skipped } = formatPairs(pairs, format, { toExportedPath, marksEdits });
  for (const { text } of rows) {
    tally.lines.push(text);
  }
  tally.acceptedPairs += rows.filter(({ pair }) => pair.accepted).length;
  tally.editedPairs += rows.filter(
    ({ pair: { edited } }) => edited.chosen || edited.rejected,
  ).length;
  tally.samples += new Set(rows.map(({ pair }) => pair.sample)).size;
  tally.skipped.push(...skipped.map((pair) => ({ ...pair, file: path })));
}

async function collectPairs(
  dataset: PairDataset,
  options: PairExportOptions,
  tally: Tally,
): Promise<PreferencePair[]> {
  // before the dataset is read: scored output is one for all, so its faults end everything
  const prepare = await preparation(dataset, options, tally);
  try {
    const samples = await readSamples(dataset.path, tally);
    const choose = await prepare(samples);
    return samples.flatMap((sample) => toPreferences(sample, choose(sample), tally));
  } catch (error) {
    if (options.datasets.length === 1 || !(error instanceof AppError)) {
      throw error;
    }
    tally.faults.push({ file: dataset.path, error: encodeError(error) });
    return [];
  }
}

async function readSamples(file: string, { faults }: Tally): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const row of readCandidateFile(file, 'safe')) {
    if (row.ok) {
      samples.push(row.sample);
    } else {
      faults.push({ file, line: row.line, error: row.error });
    }
  }
  return samples;
}

async function preparation(
  { path, source }: PairDataset,
  { datasets, policy }: PairExportOptions,
  tally: Tally,
): Promise<(samples: readonly Sample[]) => Promise<ChoosePairs>> {
  if (source.from === 'verdicts') {
    return (samples) => byJournal(source.journal, samples, policy, tally);
  }
  const dataset = { path, isOneOfSeveral: datasets.length > 1 };
  const choose = await pairsByRewards(source, dataset, policy);
  return () => Promise.resolve(choose);
}

async function byJournal(
  journal: string,
  samples: readonly Sample[],
  policy: PairPolicy,
  tally: Tally,
): Promise<ChoosePairs> {
  const { choose, faults } = await pairsByVerdicts(journal, samples, policy);
  tally.journalFaults.push(...faults.map((fault) => ({ ...fault, file: journal })));
  return choose;
}

function toPreferences(sample: Sample, found: SamplePairs, tally: Tally): PreferencePair[] {
  tally.disputed += found.disputed;
  tally.stale += found.stale;
  tally.unscored += found.unscored;
  tally.staleAnswers += found.staleAnswers;
  return found.pairs.flatMap(({ chosen, rejected, accepted }) => {
    const better = found.answers[chosen];
    const worse = found.answers[rejected];
    return better === undefined || worse === undefined
      ? []
      : [
          {
            sample,
            chosen: better.text,
            rejected: worse.text,
            accepted,
            edited: { chosen: better.edited, rejected: worse.edited },
          },
        ];
  });
}
