// Mappings of columns: remembered in the settings of the workspace, found by the shape of a file.

import * as vscode from 'vscode';
import type { ColumnMapping } from '../formats/columnMapping';
import { columnsOf, shapeOf, type FileShape } from '../formats/columnShape';
import { firstRows } from '../formats/firstRows';
import { mappedFormat } from '../formats/mappedRows';
import { mappingFor, withRemembered } from '../formats/rememberedMappings';
import type { RowFormat } from '../formats/rows/rowFormat';
import { SECTION, SETTINGS } from './ids';
import { columnMappings, datasetSettings } from './settings';

/**
 * How the rows of a dataset are read when a person named its columns.
 * @throws AppError as reading the dataset does
 */
export async function mappedFor(file: string): Promise<RowFormat | undefined> {
  const { mappings } = datasetSettings(file);
  if (mappings.length === 0) {
    return undefined;
  }
  const mapping = mappingFor(mappings, shapeOf(columnsOf(await firstRows(file))));
  return mapping && mappedFormat(mapping);
}

/**
 * Datasets that are open are read anew. The settings of the workspace are the place: its datasets are
 * there, and whoever else opens it reads them alike.
 * @param mapping without one, files of the shape are forgotten
 */
export async function rememberMapping(
  file: string,
  shape: FileShape,
  mapping?: ColumnMapping,
): Promise<void> {
  const hasWorkspace = vscode.workspace.workspaceFolders !== undefined;
  await vscode.workspace
    .getConfiguration(SECTION, vscode.Uri.file(file))
    .update(
      SETTINGS.columnMappings,
      withRemembered(columnMappings(file), shape, mapping),
      hasWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
    );
}
