// "Save Rewards As…": the rewards of a dataset as JSON Lines, as a table, or as parquet.

import path from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../base/errors';
import { PRIORITY } from '../../client/engineScorer';
import { countCandidateRows, isParquetFile } from '../../formats/readCandidateFile';
import { sheetKindOf } from '../../formats/sheets/scoreSheet';
import { findJournal } from '../../review/journalPath';
import { saveRewards } from '../../review/saveRewards';
import { CANDIDATE_SUFFIX } from '../ids';
import { mappedFor } from '../mappings';
import type { Services } from '../services';
import { datasetSettings } from '../settings';
import { scoringProgress } from './scoreCandidates';

const { t } = vscode.l10n;

/** Asks where, scores what is not known yet, and writes. @throws AppError as saving does */
export async function saveDatasetRewards({ engine }: Services, dataset: string): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new AppError('UNTRUSTED', 'this workspace is not trusted');
  }
  const uri = await askWhere(dataset);
  if (uri === undefined) {
    return;
  }
  const { mediaRoot, journalFolder, score } = datasetSettings(dataset);
  const scorer = await engine.scorer({ priority: PRIORITY.batch });
  const mapped = await mappedFor(dataset);
  const journal = await findJournal(dataset, journalFolder, mapped);
  const total = (await countCandidateRows(dataset)) ?? 0;
  const saved = await scoringProgress(
    t('Saving the rewards of {0}', path.basename(dataset)),
    (report, signal) =>
      saveRewards({
        dataset,
        mediaRoot,
        mapped,
        journal,
        out: uri.fsPath,
        scorer,
        score,
        identityOf: (computedOn) => scorer.identityOf(computedOn),
        onProgress: (done) => report(done, Math.max(done, total)),
        signal,
      }),
  );
  await tell(uri, saved.scored, saved.failed);
}

async function tell(uri: vscode.Uri, scored: number, failed: number): Promise<void> {
  const message =
    failed === 0
      ? t('{0} rewards saved.', scored)
      : t('{0} rewards saved; {1} answers have none, and the file says why.', scored, failed);
  if (sheetKindOf(uri.fsPath) === 'parquet') {
    await vscode.window.showInformationMessage(message);
    return;
  }
  const open = t('Open File');
  if ((await vscode.window.showInformationMessage(message, open)) === open) {
    await vscode.window.showTextDocument(uri);
  }
}

/** A parquet dataset is offered as a copy with a column; anything else as JSON Lines. */
async function askWhere(dataset: string): Promise<vscode.Uri | undefined> {
  const isParquet = await isParquetFile(dataset);
  const name = path
    .basename(dataset)
    .replace(CANDIDATE_SUFFIX, '')
    .replace(/\.(jsonl?|parquet)$/i, '');
  const suggested = `${name}.rewards.${isParquet ? 'parquet' : 'jsonl'}`;
  const parquet = {
    [isParquet ? t('Parquet: the dataset with a column of rewards') : t('Parquet')]: ['parquet'],
  };
  return vscode.window.showSaveDialog({
    title: t('Save rewards as'),
    defaultUri: vscode.Uri.file(path.join(path.dirname(dataset), suggested)),
    filters: {
      ...(isParquet ? parquet : {}),
      [t('JSON Lines: a line for each sample')]: ['jsonl'],
      [t('CSV: a line for each answer')]: ['csv'],
      ...(isParquet ? {} : parquet),
    },
  });
}
