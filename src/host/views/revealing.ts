// What shows the sources of a sample that is blind: from then on its verdict is not.

import * as vscode from 'vscode';
import type { ToWebview } from '../../protocol/reviewProtocol';
import { openLine } from '../commands/openLine';
import type { Services } from '../services';
import type { Viewer } from '../sessionScoring';
import type { SamplePosts } from './samplePosts';
import { keyOf, type ShownSample } from './sampleViews';

const { t } = vscode.l10n;

interface RevealContext {
  readonly services: Services;
  readonly viewer: Viewer;
  readonly posts: SamplePosts;
  post(message: ToWebview): void;
}

/** Shows what is hidden. */
export async function reveal(context: RevealContext, shown: ShownSample): Promise<void> {
  const { posts, services } = context;
  const key = keyOf(shown);
  await services.presentations.reveal(key);
  await posts.show(shown, false, () => posts.isShown(key));
  context.post({ type: 'say', text: t('Revealed. Your verdict will not count as blind.') });
}

/** Opens the line in the text editor, which shows everything that the file says of the sample. */
export async function goToLine(context: RevealContext, shown: ShownSample): Promise<void> {
  const { dataset, sample, row } = shown;
  if (!dataset.session.dataset.hasText) {
    context.post({ type: 'say', text: t('This dataset has no lines of text.') });
    return;
  }
  const { presentations } = context.services;
  if (presentations.shownTo(context.viewer, keyOf(shown))?.blind === true) {
    if (!(await askToReveal())) {
      return;
    }
    await reveal(context, shown);
  }
  const line = await dataset.session.dataset.textLineOf(row);
  await openLine(dataset.path, line ?? sample.line);
}

async function askToReveal(): Promise<boolean> {
  const show = t('Show the Line');
  const chosen = await vscode.window.showWarningMessage(
    t('The line tells the sources of this sample.'),
    { modal: true, detail: t('Your verdict on it will not count as blind.') },
    show,
  );
  return chosen === show;
}
