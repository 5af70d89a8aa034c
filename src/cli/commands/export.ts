// `rewardlens export`: preference pairs for trainers.

import { AppError, isCancelled } from '../../base/errors';
import type { ExportFormat } from '../../formats/exportFormats';
import { countCandidateRows } from '../../formats/readCandidateFile';
import type { RowFormat } from '../../formats/rows/rowFormat';
import { absolutePath, folderOf } from '../../node/folder';
import { keepHeapSmall } from '../../node/smallHeap';
import { findJournal } from '../../review/journalPath';
import type { MediaMode } from '../../review/exportMedia';
import type { PairExportReport } from '../../review/exportReport';
import { exportPairs, type PairExportOptions } from '../../review/pairExport';
import type { PairSource } from '../../review/pairSources';
import type { PairPolicy } from '../../sample/pair';
import { readMapping } from '../mappingFile';
import type { Session } from '../session';
import { EXIT, type Terminal } from '../terminal';

/** The progress line moves this often. */
const ROWS_A_STEP = 500;

export interface ExportFlags {
  readonly format: ExportFormat;
  readonly out: string;
  readonly from: 'verdicts' | 'rewards';
  readonly rewards?: string;
  readonly pairs: PairPolicy;
  readonly minMargin?: number;
  readonly maxLengthRatio?: number;
  readonly testFraction: number;
  readonly dedupe?: boolean;
  readonly ties?: boolean;
  readonly media: MediaMode;
  readonly mediaRoot?: string;
  readonly mapping?: string;
  readonly journalFolder?: string;
}

/** @returns the exit code */
export async function exportCommand(
  { terminal, signal }: Session,
  files: readonly string[],
  flags: ExportFlags,
): Promise<number> {
  keepHeapSmall();
  const mapped = await readMapping(flags.mapping);
  const options: PairExportOptions = {
    datasets: await Promise.all(
      files.map(async (path) => ({
        path,
        mediaRoot: absolutePath(flags.mediaRoot ?? folderOf(path)),
        source: await toSource(path, flags, mapped),
        mapped,
      })),
    ),
    policy: flags.pairs,
    format: flags.format,
    out: absolutePath(flags.out),
    ...(flags.minMargin === undefined ? {} : { minMargin: flags.minMargin }),
    ...(flags.maxLengthRatio === undefined ? {} : { maxLengthRatio: flags.maxLengthRatio }),
    testFraction: flags.testFraction,
    dedupe: flags.dedupe === true,
    ties: flags.ties === true,
    media: flags.media,
  };
  const total = terminal.stderr.isTTY ? await countRows(files, signal) : undefined;
  const report = await exportPairs(options, {
    onReport: (found) => {
      terminal.endProgress();
      nameLeftOut(terminal, found);
    },
    onRow: (done) => {
      if (total !== undefined && done % ROWS_A_STEP === 0) {
        terminal.progress({ done, total, unit: 'samples' });
      }
    },
    signal,
  });
  terminal.note(summary(report, flags.out));
  for (const file of report.leftFiles) {
    terminal.note(`${file}: of an earlier export; it is not part of this one`);
  }
  const { faults, unscored, skipped, journalFaults } = report;
  return faults.length + unscored + skipped.length + journalFaults.length > 0
    ? EXIT.partly
    : EXIT.ok;
}

/** For the estimate; what can't be read is told later. */
async function countRows(
  files: readonly string[],
  signal: AbortSignal,
): Promise<number | undefined> {
  let total = 0;
  for (const file of files) {
    try {
      total += (await countCandidateRows(file, signal)) ?? NaN;
    } catch (error) {
      if (!(error instanceof AppError) || isCancelled(error)) {
        throw error;
      }
    }
  }
  return Number.isNaN(total) ? undefined : total;
}

function nameLeftOut(terminal: Terminal, report: PairExportReport): void {
  for (const { file, line, error } of report.faults) {
    terminal.fail(line === undefined ? file : `${file}:${line}`, error);
  }
  for (const { file, line, id, reason } of report.skipped) {
    terminal.note(`${file}:${line}: ${id} left out: ${reason}`);
  }
  for (const { file, line, reason } of report.journalFaults) {
    terminal.note(`${file}:${line}: left out, not a journal entry: ${reason}`);
  }
}

function summary(report: PairExportReport, out: string): string {
  const { badRows, faults } = report;
  const remarks = [
    [report.testPairs, 'of them in the test split.'],
    [report.acceptedPairs, 'of them from orders of the model that were accepted, not voted for.'],
    [report.tiedPairs, 'of them from ties, one in each direction.'],
    [report.editedPairs, 'of them with answers edited or written in the review.'],
    [report.disputed, 'left out: people disagree.'],
    [report.tied, 'samples left out: all their judged answers are tied.'],
    [report.belowMargin, 'pairs left out: their margin is too small.'],
    [report.withoutMargin, 'pairs left out: their margin is not known.'],
    [report.tooLong, 'pairs left out: the chosen answer is too long for the rejected one.'],
    [report.duplicate, 'pairs left out: they are there already.'],
    [report.identical, 'pairs left out: both answers say the same.'],
    [
      report.missingMedia,
      'samples name a picture or video that is not there: their paths are written as they are.',
    ],
    [report.skipped.length, 'pairs left out: the format can’t hold them.'],
    [report.outdated, 'pairs left out: an answer was edited after it was ranked.'],
    [report.stale, 'verdicts left out: their sample has changed.'],
    [report.staleAnswers, 'edited or written answers not used: their sample has changed.'],
    [report.unscored, 'samples have no row in the scored output.'],
    [badRows, 'rows could not be read.'],
    [faults.length - badRows, 'files could not be read.'],
  ] as const;
  return [
    `${report.pairs} pairs of ${report.samples} samples written to ${out}.`,
    ...remarks.flatMap(([count, text]) => (count > 0 ? [`${count} ${text}`] : [])),
  ].join(' ');
}

async function toSource(
  file: string,
  { from, rewards, journalFolder }: ExportFlags,
  mapped: RowFormat | undefined,
): Promise<PairSource> {
  if (from === 'verdicts') {
    const journal = await findJournal(file, journalFolder, mapped);
    return { from, journal, ...(rewards === undefined ? {} : { scoredFile: rewards }) };
  }
  if (rewards === undefined) {
    throw new AppError('USAGE', '--from rewards needs --rewards FILE');
  }
  return { from, scoredFile: rewards };
}
