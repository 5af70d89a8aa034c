// "Paste answers…": a candidate file for a picture or a video, from answers on the clipboard.

import path from 'node:path';
import * as vscode from 'vscode';
import { parsePastedAnswers, pastedRow } from '../../formats/pastedAnswers';
import { AppError } from '../../base/errors';
import { writeNewFile } from '../../node/atomicFile';
import { isInside } from '../../node/folder';
import type { Candidate } from '../../sample/sample';
import { CANDIDATE_SUFFIX, VIDEO_NAME } from '../ids';
import { datasetSettings } from '../settings';

const { t } = vscode.l10n;

interface AnswerItem extends vscode.QuickPickItem {
  readonly answer: Candidate;
}

/**
 * Asks for the prompt, shows what is on the clipboard, and writes the file beside the medium.
 * @returns the file; `undefined` when the person gave up
 * @throws AppError `OUTPUT_FAILED`, `MEDIA_OUTSIDE_ROOT` when no path in that file could name the medium
 */
export async function makeCandidateFile(media: string): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    await vscode.window.showInformationMessage(
      t(
        'Pasting answers writes a file, which is off in Restricted Mode. Trust this workspace first.',
      ),
    );
    return undefined;
  }
  const name = path.basename(media);
  const { mediaRoot } = datasetSettings(media);
  if (!isInside(mediaRoot, media)) {
    throw new AppError('MEDIA_OUTSIDE_ROOT', `${media} lies outside the media root ${mediaRoot}`);
  }
  const prompt = await askPrompt(name);
  const answers = prompt === undefined ? undefined : await askAnswers();
  if (prompt === undefined || answers === undefined) {
    return undefined;
  }
  const row = (): string =>
    pastedRow(relativeTo(mediaRoot, media), {
      isVideo: VIDEO_NAME.test(name),
      prompt,
      candidates: answers,
    });
  return write(media, row);
}

/** As paths are written in candidate files. */
function relativeTo(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}

function askPrompt(name: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: t('Paste answers (1 of 2)'),
    prompt: t('What was asked about {0}?', name),
    placeHolder: t('Describe the picture.'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? t('An answer needs a question.') : undefined),
  });
}

/** Shows the answers that are on the clipboard; those that stay ticked are taken. */
async function askAnswers(): Promise<readonly Candidate[] | undefined> {
  for (;;) {
    const found = parsePastedAnswers(await vscode.env.clipboard.readText());
    if (found.length > 0) {
      return chooseAnswers(found);
    }
    const again = t('Read the Clipboard Again');
    const chosen = await vscode.window.showWarningMessage(
      t(
        'There are no answers on the clipboard. Copy them, with a line of --- between two, or as a JSON array.',
      ),
      again,
    );
    if (chosen !== again) {
      return undefined;
    }
  }
}

async function chooseAnswers(
  found: readonly Candidate[],
): Promise<readonly Candidate[] | undefined> {
  const items = found.map((answer, n): AnswerItem => {
    const [first = '', ...rest] = answer.text.trim().split('\n');
    return {
      answer,
      label: `${n + 1}. ${first}`,
      ...(answer.source === undefined ? {} : { description: answer.source }),
      ...(rest.length === 0 ? {} : { detail: rest.join(' ').trim() }),
      picked: true,
    };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Paste answers (2 of 2)'),
    placeHolder:
      found.length === 1
        ? t('1 answer on the clipboard. A line of --- divides answers.')
        : t('{0} answers on the clipboard', found.length),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return chosen === undefined || chosen.length === 0
    ? undefined
    : chosen.map(({ answer }) => answer);
}

/** Beside the medium, under its name; asks for another name when that is taken. */
async function write(media: string, row: () => string): Promise<string | undefined> {
  const { dir, name: stem } = path.parse(media);
  for (let name = stem; ;) {
    const file = path.join(dir, `${name}${CANDIDATE_SUFFIX}`);
    if (await writeNewFile(file, row())) {
      return file;
    }
    const other = await askName(`${name}${CANDIDATE_SUFFIX}`, nextName(name));
    if (other === undefined) {
      return undefined;
    }
    name = other;
  }
}

async function askName(taken: string, suggestion: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: t('Paste answers'),
    prompt: t('{0} is there already and stays as it is. Another name:', taken),
    value: suggestion,
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^[^\\/:*?"<>|]+$/.test(text.trim()) ? undefined : t('This is no name of a file.'),
  });
  return name?.trim().replace(CANDIDATE_SUFFIX, '');
}

/** "market" to "market-2", "market-2" to "market-3" */
function nextName(name: string): string {
  const [, stem = name, number = '1'] = /^(.*?)(?:-(\d+))?$/s.exec(name) ?? [];
  return `${stem}-${Number(number) + 1}`;
}
