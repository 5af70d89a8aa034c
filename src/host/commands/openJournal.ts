// Opens a verdict journal in the text editor.

import * as vscode from 'vscode';

const { t } = vscode.l10n;

export async function openJournal(path: string): Promise<void> {
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(path));
  } catch {
    await vscode.window.showInformationMessage(
      t('There is no journal yet: it is made with the first verdict.'),
    );
  }
}
