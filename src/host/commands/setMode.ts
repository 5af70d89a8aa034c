// Blind and Shuffle of a dataset, for what has no ranks yet.

import * as vscode from 'vscode';
import type { Mode, Presentations } from '../presentations';

const { t } = vscode.l10n;

/**
 * @param file of the dataset; without one nothing happens
 * @param change what is not named stays
 * @param say tells the person what has changed
 */
export async function setMode(
  presentations: Presentations,
  file: string | undefined,
  { blind, shuffle }: { readonly [K in keyof Mode]?: boolean | undefined },
  say: (text: string) => void,
): Promise<void> {
  if (file === undefined) {
    return;
  }
  await presentations.setMode(file, {
    ...(blind === undefined ? {} : { blind }),
    ...(shuffle === undefined ? {} : { shuffle }),
  });
  if (blind !== undefined) {
    say(
      blind
        ? t('Blind from the next sample without ranks.')
        : t('Not blind from the next sample without ranks.'),
    );
  }
  if (shuffle !== undefined) {
    say(
      shuffle
        ? t('Shuffled from the next sample without ranks.')
        : t('In the order of the file from the next sample without ranks.'),
    );
  }
}
