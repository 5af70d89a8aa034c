// Score heads as files: saved where the person says, used after the person has agreed.

import path from 'node:path';
import * as vscode from 'vscode';
import { formatHeadFile } from '../../formats/headFile';
import { writeWholeFile } from '../../node/atomicFile';
import { requireOwnOutputs } from '../../node/outputPath';
import type { FitHeadAnswer } from '../../protocol/engineProtocol';
import { CANDIDATE_SUFFIX, SECTION, SETTINGS } from '../ids';
import { headFile } from '../settings';

const { t } = vscode.l10n;

/**
 * @param inputs files that it must not replace
 * @returns the path, or `undefined` when the person gave up
 * @throws AppError `USAGE` or `OUTPUT_FAILED`
 */
export async function saveHead(
  dataset: string,
  { model, weights, facts }: FitHeadAnswer,
  inputs: readonly string[],
): Promise<string | undefined> {
  const name = path
    .basename(dataset)
    .replace(CANDIDATE_SUFFIX, '')
    .replace(/\.\w+$/, '');
  const target = await vscode.window.showSaveDialog({
    title: t('Save the head'),
    defaultUri: vscode.Uri.file(path.join(path.dirname(dataset), `${name}.head.json`)),
    filters: { [t('Score head')]: ['json'] },
  });
  if (target === undefined) {
    return undefined;
  }
  await requireOwnOutputs([target.fsPath], inputs);
  await writeWholeFile(target.fsPath, formatHeadFile(model, weights, facts));
  return target.fsPath;
}

/** Sets the setting, for this workspace or for all, once the person has said which. */
export async function useHead(file: string): Promise<void> {
  const [here, everywhere] = [t('Use in This Workspace'), t('Use Everywhere')];
  const before = headFile();
  const isOpen = (vscode.workspace.workspaceFolders ?? []).length > 0;
  const chosen = await vscode.window.showWarningMessage(
    t('Score with {0} from now on?', path.basename(file)),
    {
      modal: true,
      detail: [
        before === undefined
          ? t('It takes the place of the published head.')
          : t('It takes the place of {0}.', before),
        t('Rewards are computed anew; those of different heads never mix. Verdicts stay.'),
        t('Clear the setting {0} to go back.', `${SECTION}.${SETTINGS.headFile}`),
      ].join('\n'),
    },
    ...(isOpen ? [here, everywhere] : [everywhere]),
  );
  if (chosen !== undefined) {
    const { Global, Workspace } = vscode.ConfigurationTarget;
    await vscode.workspace
      .getConfiguration(SECTION)
      .update(SETTINGS.headFile, file, chosen === here ? Workspace : Global);
    if (headFile() !== file) {
      void vscode.window.showWarningMessage(
        t('This workspace has a head of its own, which goes on scoring here.'),
      );
    }
  }
}
