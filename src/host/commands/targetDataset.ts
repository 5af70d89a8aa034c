// Which dataset a command is about: what it was called on, what is open, or what the person picks.

import * as vscode from 'vscode';
import type { ReviewEditorProvider } from '../documents/reviewEditorProvider';
import { CANDIDATE_SUFFIX } from '../ids';

const { t } = vscode.l10n;

const MAX_OFFERED = 200;

/** @returns the path, or `undefined` when the person gave up */
export async function targetDataset(
  editors: ReviewEditorProvider,
  uri: vscode.Uri | undefined,
): Promise<string | undefined> {
  const open = uri ?? activeDocument();
  return open === undefined ? (editors.activeFile ?? (await pickDataset())) : open.fsPath;
}

function activeDocument(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' && /\.jsonl?$/i.test(uri.path) ? uri : undefined;
}

interface Item extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

async function pickDataset(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles(
    `**/*${CANDIDATE_SUFFIX}`,
    '**/{node_modules,.git}/**',
    MAX_OFFERED,
  );
  const items: Item[] = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const open: Item = { label: t('Open a file…'), iconPath: new vscode.ThemeIcon('folder-opened') };
  const chosen =
    items.length === 0
      ? open
      : await vscode.window.showQuickPick([...items, open], { title: t('Which dataset?') });
  return chosen === open ? askForFile() : chosen?.uri?.fsPath;
}

async function askForFile(): Promise<string | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: t('Open a dataset'),
      filters: {
        [t('Datasets')]: ['jsonl', 'json', 'parquet', 'tar', 'tgz', 'gz', 'yaml', 'yml'],
      },
    })) ?? [];
  return uri?.fsPath;
}
