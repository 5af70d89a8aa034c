// "Score Candidates": rewards for every sample of a dataset, with progress and a way to stop.

import path from 'node:path';
import * as vscode from 'vscode';
import { remainingMs } from '../../base/progress';
import { toSignal } from '../cancellation';
import type { Sessions } from '../sessions';

const { t } = vscode.l10n;

/**
 * Scores what has no rewards yet and says how it went. A file that changes meanwhile is gone through
 * anew: what is known by then is not computed again.
 * @throws AppError when nothing can be scored
 */
export async function scoreDataset(sessions: Sessions, file: string): Promise<void> {
  const { scored, failed } = await scoringProgress(
    t('Scoring {0}', path.basename(file)),
    async (report, signal) => {
      for (;;) {
        const share = await sessions.share(file);
        const { scoring } = share.dataset;
        try {
          return await scoring.all(report, signal);
        } catch (error) {
          if (signal.aborted || !scoring.isClosed) {
            throw error;
          }
        } finally {
          share.dispose();
        }
      }
    },
  );
  const message =
    failed === 0
      ? t('{0} answers scored.', scored)
      : t('{0} answers scored, {1} could not be. Their cards say why.', scored, failed);
  void vscode.window.showInformationMessage(message);
}

/** Shows how far a run over a dataset is, with a way to stop it. */
export function scoringProgress<T>(
  title: string,
  run: (report: (done: number, total: number) => void, signal: AbortSignal) => Promise<T>,
): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => run(reporter(progress), toSignal(token)),
  );
}

type Report = vscode.Progress<{ readonly message?: string; readonly increment?: number }>;

/** The bar never goes back, also when a run starts over. */
function reporter(progress: Report): (done: number, total: number) => void {
  const start = performance.now();
  let shown = 0;
  return (done, total) => {
    const left = remainingMs({ done, total, unit: 'samples' }, performance.now() - start);
    const percent = Math.max(shown, (100 * done) / total);
    progress.report({
      increment: percent - shown,
      message: t('{0} of {1} samples{2}', done, total, left === undefined ? '' : estimate(left)),
    });
    shown = percent;
  };
}

function estimate(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return t(', {0} left', clock);
}
