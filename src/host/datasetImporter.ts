// Imported copies for the review editor: made in the background, with progress and a way to stop.

import path from 'node:path';
import * as vscode from 'vscode';
import { AppError, isCancelled } from '../base/errors';
import type { RowFormat } from '../formats/rows/rowFormat';
import type { DatasetImports, ImportedCopy } from '../review/datasetImports';
import { toSignal } from './cancellation';

const { t } = vscode.l10n;

/**
 * The copy of a dataset, made if there is none yet.
 * @param mapped reads the rows, by columns that a person named
 * @throws AppError as {@link DatasetImports.make} does
 */
export async function importedCopy(
  imports: DatasetImports,
  file: string,
  mapped: RowFormat | undefined,
): Promise<ImportedCopy> {
  return (await imports.find(file, mapped)) ?? (await makeCopy(imports, file, mapped));
}

async function makeCopy(
  imports: DatasetImports,
  file: string,
  mapped: RowFormat | undefined,
): Promise<ImportedCopy> {
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: t('Reading {0}', path.basename(file)),
        cancellable: true,
      },
      (progress, token) =>
        imports.make(
          file,
          (rows) => progress.report({ message: t('{0} samples', rows) }),
          toSignal(token),
          mapped,
        ),
    );
  } catch (error) {
    throw isCancelled(error)
      ? new AppError('CANCELLED', t('Reading was cancelled. Open the file again to read it.'))
      : error;
  }
}
