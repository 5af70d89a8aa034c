// "Save to another folder…": where a journal can't be written, the person chooses a place for it.

import fs from 'node:fs/promises';
import * as vscode from 'vscode';
import { AppError, encodeError } from '../../base/errors';
import type { Logger } from '../../base/logger';
import { writeWholeFile } from '../../node/atomicFile';
import { fileSizeBytes } from '../../node/folder';
import { findJournal } from '../../review/journalPath';
import { SECTION, SETTINGS } from '../ids';
import { mappedFor } from '../mappings';
import type { Services } from '../services';
import type { OpenDataset } from '../sessions';
import { datasetSettings } from '../settings';

const { t } = vscode.l10n;

/**
 * Asks for a folder, takes the verdicts so far along, sets the folder in the settings and has the
 * dataset opened anew. @throws AppError `CANCELLED` when none is chosen; codes of writing
 */
export async function moveJournal(
  { sessions, log }: Services,
  { path: file, session }: OpenDataset,
): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: t('Choose a folder for verdict journals'),
      openLabel: t('Save Here'),
    })) ?? [];
  if (folder === undefined) {
    throw new AppError('CANCELLED', t('no folder was chosen'));
  }
  const journal = await findJournal(file, folder.fsPath, await mappedFor(file));
  await takeAlong(session.journalPath, journal, log);
  const settings = vscode.workspace.getConfiguration(SECTION, vscode.Uri.file(file));
  const update = (target: vscode.ConfigurationTarget): Thenable<void> =>
    settings.update(SETTINGS.journalFolder, folder.fsPath, target);
  try {
    // as narrow as can be: journals of other datasets stay where they are
    await update(vscode.ConfigurationTarget.WorkspaceFolder);
  } catch (error) {
    // no workspace, or it can't be written either
    log.log('info', 'journal folder set for the user', { ...encodeError(error) });
    await update(vscode.ConfigurationTarget.Global);
  }
  if (datasetSettings(file).journalFolder !== folder.fsPath) {
    throw new AppError('JOURNAL_NOT_SAVED', t('the settings could not be changed'));
  }
  sessions.applySettings();
}

/**
 * A journal that is there already is the one to go on with; one that can't be read stays where it is.
 * @throws AppError `OUTPUT_FAILED`
 */
async function takeAlong(from: string, to: string, log: Logger): Promise<void> {
  const [before, there] = [await fileSizeBytes(from), await fileSizeBytes(to)];
  if (before === undefined || there !== undefined) {
    return;
  }
  let content: Uint8Array;
  try {
    content = await fs.readFile(from);
  } catch (error) {
    log.log('warn', 'the journal so far could not be taken along', { ...encodeError(error) });
    return;
  }
  await writeWholeFile(to, content);
}
