// The bundled samples, where verdicts on them survive an update of the extension.

import * as vscode from 'vscode';

const SAMPLE_DATASET = 'everyday.candidates.jsonl';

/** Copies the samples into the extension's storage. @returns the path of the dataset there */
export async function copySamples(context: vscode.ExtensionContext): Promise<string> {
  const source = vscode.Uri.joinPath(context.extensionUri, 'media', 'samples');
  const target = vscode.Uri.joinPath(context.globalStorageUri, 'samples');
  await copyMissing(source, target);
  return vscode.Uri.joinPath(target, SAMPLE_DATASET).fsPath;
}

/** File by file, so that journals beside the samples are kept. */
async function copyMissing(source: vscode.Uri, target: vscode.Uri): Promise<void> {
  await vscode.workspace.fs.createDirectory(target);
  for (const [name, type] of await vscode.workspace.fs.readDirectory(source)) {
    const from = vscode.Uri.joinPath(source, name);
    const to = vscode.Uri.joinPath(target, name);
    if (type === vscode.FileType.Directory) {
      await copyMissing(from, to);
    } else if (!name.endsWith('.review.jsonl')) {
      await vscode.workspace.fs.copy(from, to, { overwrite: true });
    }
  }
}
