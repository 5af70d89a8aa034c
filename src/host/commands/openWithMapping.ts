// "Open with Mapping…": a person names the columns of a dataset that no known format recognises.

import path from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../base/errors';
import { guessMapping } from '../../formats/columnGuess';
import { mappingFault, type ColumnMapping } from '../../formats/columnMapping';
import { columnsOf, shapeOf, withInnerColumns, type Column } from '../../formats/columnShape';
import { firstRows } from '../../formats/firstRows';
import { mappingFor } from '../../formats/rememberedMappings';
import type { ReviewEditorProvider } from '../documents/reviewEditorProvider';
import { rememberMapping } from '../mappings';
import { datasetSettings } from '../settings';
import { chooseMapping } from './mappingMenu';

const { t } = vscode.l10n;

/** How long the status bar tells of a change. */
const TOLD_MS = 5000;

/** Asks, remembers for all files with these columns, and opens. @throws AppError as reading does */
export async function openWithMapping(editors: ReviewEditorProvider, file: string): Promise<void> {
  const rows = await firstRows(file);
  const columns = columnsOf(rows);
  if (columns.length === 0) {
    throw new AppError('NOT_A_DATASET', `${file}: no rows with columns`, { file });
  }
  const shape = shapeOf(columns);
  const known = mappingFor(datasetSettings(file).mappings, shape);
  const chosen = await chooseMapping({
    name: path.basename(file),
    rows,
    columns: withInnerColumns(columns),
    mapping: known ?? startFrom(columns),
    isKnown: known !== undefined,
  });
  if (chosen === undefined) {
    return;
  }
  await rememberMapping(file, shape, chosen === 'forget' ? undefined : chosen);
  await editors.show(file);
  vscode.window.setStatusBarMessage(
    chosen === 'forget'
      ? t('The columns are forgotten: files like this one open as they are.')
      : t('Files with these columns open like this one from now on.'),
    TOLD_MS,
  );
}

/** The likely mapping; columns inside others are looked at where the outer ones don't tell. */
function startFrom(columns: readonly Column[]): ColumnMapping {
  const outer = guessMapping(columns);
  if (mappingFault(outer) === undefined) {
    return outer;
  }
  const inner = guessMapping(withInnerColumns(columns));
  return mappingFault(inner) === undefined ? inner : outer;
}
