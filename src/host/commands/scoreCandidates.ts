// "Score Candidates": rewards for every sample of a dataset, with progress and a way to stop.

import path from 'node:path';
import * as vscode from 'vscode';
import { remainingMs } from '../../base/progress';
import type { Sessions } from '../sessions';

const { t } = vscode.l10n;

/** Scores what has no rewards yet and says how it went. @throws AppError when nothing can be scored */
export async function scoreDataset(sessions: Sessions, file: string): Promise<void> {
  const share = await sessions.share(file);
  try {
    const { scored, failed } = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: t('Scoring {0}', path.basename(file)),
        cancellable: true,
      },
      (progress, token) => {
        const start = performance.now();
        let last = 0;
        const report = (done: number, total: number): void => {
          const left = remainingMs({ done, total, unit: 'samples' }, performance.now() - start);
          progress.report({
            increment: (100 * (done - last)) / total,
            message: t(
              '{0} of {1} samples{2}',
              done,
              total,
              left === undefined ? '' : estimate(left),
            ),
          });
          last = done;
        };
        return share.dataset.scoring.all(report, toSignal(token));
      },
    );
    const message =
      failed === 0
        ? t('{0} answers scored.', scored)
        : t('{0} answers scored, {1} could not be. Their cards say why.', scored, failed);
    void vscode.window.showInformationMessage(message);
  } finally {
    share.dispose();
  }
}

function estimate(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return t(', {0} left', clock);
}

function toSignal(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
