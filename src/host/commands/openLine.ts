// Opens a dataset in the text editor at a line.

import * as vscode from 'vscode';

/** @param line from 1 */
export async function openLine(file: string, line: number): Promise<void> {
  const start = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(start, start),
    preview: true,
  });
}
