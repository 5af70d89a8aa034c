// Opens a dataset in the text editor at a line, and tells where the person is there.

import * as vscode from 'vscode';
import { startOf } from '../../formats/datasetKind';
import { containerOf } from '../../formats/rowContainer';

/** @param line from 1 */
export async function openLine(file: string, line: number): Promise<void> {
  const start = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(start, start),
    preview: true,
  });
}

/**
 * The line of the cursor in a dataset that the active text editor shows, from 1.
 * @returns `undefined` where none shows it, or its lines are no rows
 */
export async function lineOfCursor(file: string): Promise<number | undefined> {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.uri.fsPath === file && containerOf(await startOf(file)) === 'lines'
    ? editor.selection.active.line + 1
    : undefined;
}
