// "Export Preference Pairs": from verdicts to a file that trainers read.

import path from 'node:path';
import * as vscode from 'vscode';
import { journalPath } from '../../review/journalPath';
import { exportPairs, type PairExportReport } from '../../review/pairExport';
import type { PairPolicy } from '../../sample/pair';
import { CANDIDATE_SUFFIX } from '../ids';
import { datasetSettings } from '../settings';

const { t } = vscode.l10n;

interface PolicyItem extends vscode.QuickPickItem {
  readonly policy: PairPolicy;
}

/** Asks for policy and file. @throws AppError when there is nothing to export or writing fails */
export async function exportDatasetPairs(file: string): Promise<void> {
  const items: PolicyItem[] = [
    {
      policy: 'best-worst',
      label: t('Best and worst'),
      detail: t('One pair for each ranked sample'),
    },
    {
      policy: 'best-rest',
      label: t('Best and each other'),
      detail: t('The best answer against every answer ranked below it'),
    },
    { policy: 'adjacent', label: t('Neighbours'), detail: t('Each rank against the next one') },
    {
      policy: 'all',
      label: t('All pairs'),
      detail: t('Every two answers of different rank'),
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Preference pairs from your verdicts (TRL, conversational)'),
  });
  const out = chosen && (await askWhere(file));
  if (chosen === undefined || out === undefined) {
    return;
  }
  const { mediaRoot, journalFolder } = datasetSettings(file);
  const report = await exportPairs({
    datasets: [
      {
        path: file,
        mediaRoot,
        source: { from: 'verdicts', journal: journalPath(file, journalFolder) },
      },
    ],
    policy: chosen.policy,
    format: 'trl',
    out: out.fsPath,
  });
  const open = t('Open File');
  if ((await vscode.window.showInformationMessage(describe(report), open)) === open) {
    await vscode.window.showTextDocument(out);
  }
}

function askWhere(file: string): Thenable<vscode.Uri | undefined> {
  const name = path
    .basename(file)
    .replace(CANDIDATE_SUFFIX, '')
    .replace(/\.jsonl$/, '');
  return vscode.window.showSaveDialog({
    title: t('Export preference pairs'),
    defaultUri: vscode.Uri.file(path.join(path.dirname(file), `${name}.pairs.jsonl`)),
    filters: { 'JSON Lines': ['jsonl'] },
  });
}

function describe(report: PairExportReport): string {
  return [
    t('{0} pairs from {1} samples exported.', report.pairs, report.samples),
    ...(report.acceptedPairs > 0
      ? [t('{0} of them from orders of the model that were accepted.', report.acceptedPairs)]
      : []),
    ...(report.editedPairs > 0
      ? [t('{0} of them with answers edited or written in the review.', report.editedPairs)]
      : []),
    ...(report.disputed > 0 ? [t('{0} left out: people disagree.', report.disputed)] : []),
    ...(report.stale > 0
      ? [t('{0} verdicts left out: their sample has changed since.', report.stale)]
      : []),
    ...(report.skipped.length > 0
      ? [
          t(
            '{0} left out: the format has no place for videos, or marks and images don’t match.',
            report.skipped.length,
          ),
        ]
      : []),
    ...(report.journalFaults.length > 0
      ? [t('{0} lines of the verdict journal can’t be read.', report.journalFaults.length)]
      : []),
    ...(report.staleAnswers > 0
      ? [
          t(
            '{0} edited or written answers not used: their sample has changed since.',
            report.staleAnswers,
          ),
        ]
      : []),
    ...(report.badRows > 0 ? [t('{0} rows could not be read.', report.badRows)] : []),
  ].join(' ');
}
