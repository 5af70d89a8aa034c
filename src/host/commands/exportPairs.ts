// "Export Preference Pairs": from verdicts or rewards to files that trainers read.

import path from 'node:path';
import * as vscode from 'vscode';
import { PAIR_FORMATS, type ExportFormat } from '../../formats/exportFormats';
import { findJournal } from '../../review/journalPath';
import {
  exportPairs,
  previewPairs,
  requirePairs,
  type PairExportOptions,
} from '../../review/pairExport';
import { CANDIDATE_SUFFIX } from '../ids';
import { mappedFor } from '../mappings';
import { datasetSettings } from '../settings';
import {
  chooseFormat,
  choosePolicy,
  chooseRules,
  chooseSource,
  confirmExport,
  whileLooking,
} from './exportChoices';
import { exportRemarks } from './exportSummary';
import { scoringProgress } from './scoreCandidates';

const { t } = vscode.l10n;

/** The progress moves this often. */
const ROWS_A_STEP = 500;

function everyStep(report: (rows: number) => void): (rows: number) => void {
  return (rows) => {
    if (rows % ROWS_A_STEP === 0) {
      report(rows);
    }
  };
}

/** Asks, shows what there is, and writes. @throws AppError when there is nothing to export or writing fails */
export async function exportDatasetPairs(file: string): Promise<void> {
  const chosen = await choose(file);
  if (chosen === undefined) {
    return;
  }
  const preview = await whileLooking((report, signal) =>
    previewPairs(chosen, { signal, onRow: everyStep(report) }),
  );
  if (preview === undefined) {
    return;
  }
  requirePairs(chosen, preview);
  const label = t('Export {0} pairs from {1} samples…', preview.pairs, preview.samples);
  const isWanted = await confirmExport(label, exportRemarks(preview));
  const out = isWanted ? await askWhere(file, chosen.format) : undefined;
  if (out === undefined) {
    return;
  }
  const total = preview.readRows;
  const report = await scoringProgress(t('Exporting pairs'), (progress, signal) => {
    const onRow = everyStep((rows) => progress(rows, Math.max(rows, total)));
    return exportPairs({ ...chosen, out: out.fsPath }, { signal, onRow });
  });
  const done = t('{0} pairs from {1} samples exported.', report.pairs, report.samples);
  const message = [done, ...exportRemarks(report)].join(' ');
  if (PAIR_FORMATS[chosen.format].folder !== undefined) {
    await vscode.window.showInformationMessage(message);
    return;
  }
  const open = t('Open File');
  if ((await vscode.window.showInformationMessage(message, open)) === open) {
    await vscode.window.showTextDocument(out);
  }
}

/** @returns `undefined` when the person gave up; the output is not chosen yet */
async function choose(file: string): Promise<PairExportOptions | undefined> {
  const { mediaRoot, journalFolder } = datasetSettings(file);
  const mapped = await mappedFor(file);
  const source = await chooseSource(await findJournal(file, journalFolder, mapped));
  const format = source && (await chooseFormat());
  const policy = format && (await choosePolicy());
  const rules = policy && (await chooseRules(format, source));
  if (source === undefined || format === undefined || policy === undefined || rules === undefined) {
    return undefined;
  }
  return {
    ...rules,
    datasets: [{ path: file, mediaRoot, source, mapped }],
    policy,
    format,
    out: path.join(path.dirname(file), 'pairs'),
  };
}

async function askWhere(file: string, format: ExportFormat): Promise<vscode.Uri | undefined> {
  const title = t('Export preference pairs');
  const folder = path.dirname(file);
  if (PAIR_FORMATS[format].folder !== undefined) {
    const [chosen] =
      (await vscode.window.showOpenDialog({
        title,
        openLabel: t('Export into This Folder'),
        canSelectFiles: false,
        canSelectFolders: true,
        defaultUri: vscode.Uri.file(folder),
      })) ?? [];
    return chosen;
  }
  const name = path
    .basename(file)
    .replace(CANDIDATE_SUFFIX, '')
    .replace(/\.jsonl?$/, '');
  return vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(path.join(folder, `${name}.pairs.jsonl`)),
    filters: { 'JSON Lines': ['jsonl'] },
  });
}
