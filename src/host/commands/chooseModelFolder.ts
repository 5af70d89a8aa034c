// Asks for a converted model and makes it the one that scores.

import * as vscode from 'vscode';
import { encodeError } from '../../base/errors';
import { readManifest } from '../../model/manifest';
import { SECTION, SETTINGS } from '../ids';
import { describeError } from '../messages';

const { t } = vscode.l10n;

/** The folder is checked before the setting is changed. */
export async function chooseModelFolder(): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: t('Choose a folder made by “rewardlens convert”'),
      openLabel: t('Use This Model'),
    })) ?? [];
  if (folder === undefined) {
    return;
  }
  try {
    await readManifest(folder.fsPath);
    await vscode.workspace
      .getConfiguration(SECTION)
      .update(SETTINGS.modelFolder, folder.fsPath, vscode.ConfigurationTarget.Global);
  } catch (error) {
    await vscode.window.showErrorMessage(describeError(encodeError(error)));
  }
}
