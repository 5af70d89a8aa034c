// What an export found, in words.

import * as vscode from 'vscode';
import type { PairExportReport } from '../../review/exportReport';

const { t } = vscode.l10n;

/** What was left out, and what is to be known of the rest: a sentence each. */
export function exportRemarks(report: PairExportReport): readonly string[] {
  const { skipped, journalFaults, badRows } = report;
  const remarks: readonly (readonly [number, string])[] = [
    [report.testPairs, t('{0} of them in the test split.', report.testPairs)],
    [
      report.acceptedPairs,
      t('{0} of them from orders of the model that were accepted.', report.acceptedPairs),
    ],
    [report.tiedPairs, t('{0} of them from ties, one in each direction.', report.tiedPairs)],
    [
      report.editedPairs,
      t('{0} of them with answers edited or written in the review.', report.editedPairs),
    ],
    [report.disputed, t('{0} left out: people disagree.', report.disputed)],
    [report.tied, t('{0} samples left out: all their judged answers are tied.', report.tied)],
    [report.belowMargin, t('{0} left out: their margin is too small.', report.belowMargin)],
    [report.withoutMargin, t('{0} left out: an answer has no reward.', report.withoutMargin)],
    [
      report.missingMedia,
      t('{0} samples name a picture or video that is not there.', report.missingMedia),
    ],
    [report.tooLong, t('{0} left out: the chosen answer is too long.', report.tooLong)],
    [report.duplicate, t('{0} left out: they are there already.', report.duplicate)],
    [report.identical, t('{0} left out: both answers say the same.', report.identical)],
    [
      report.outdated,
      t('{0} left out: an answer was edited after it was ranked.', report.outdated),
    ],
    [report.stale, t('{0} verdicts left out: their sample has changed since.', report.stale)],
    [
      skipped.length,
      t(
        '{0} left out: {1}.',
        skipped.length,
        [...new Set(skipped.map((s) => s.reason))].join('; '),
      ),
    ],
    [report.unscored, t('{0} samples have no row in the scored output.', report.unscored)],
    [
      journalFaults.length,
      t('{0} lines of the verdict journal can’t be read.', journalFaults.length),
    ],
    [
      report.staleAnswers,
      t(
        '{0} edited or written answers not used: their sample has changed since.',
        report.staleAnswers,
      ),
    ],
    [
      report.leftFiles.length,
      t('{0} files beside it are of an earlier export.', report.leftFiles.length),
    ],
    [badRows, t('{0} rows could not be read.', badRows)],
  ];
  return remarks.flatMap(([count, text]) => (count > 0 ? [text] : []));
}
