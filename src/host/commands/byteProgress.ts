// A notification for work that is counted in bytes: share, amount, time left, and a way to stop.

import * as vscode from 'vscode';
import { remainingMs, type Progress } from '../../base/progress';

const { t } = vscode.l10n;

/** @throws what the work throws; AppError `CANCELLED` when a person stops it */
export async function withByteProgress<T>(
  title: string,
  work: (onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (notification, cancellation) => {
      const controller = new AbortController();
      cancellation.onCancellationRequested(() => controller.abort());
      const start = Date.now();
      let shown = 0;
      return work((progress) => {
        const { done, total = done } = progress;
        const percent = total === 0 ? 0 : (100 * done) / total;
        const left = remainingMs(progress, Date.now() - start);
        notification.report({
          increment: percent - shown,
          message: t(
            '{0} of {1} GB{2}',
            (done / 1e9).toFixed(1),
            (total / 1e9).toFixed(1),
            left === undefined ? '' : t(', {0} left', duration(left)),
          ),
        });
        shown = percent;
      }, controller.signal);
    },
  );
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? t('{0} s', seconds) : t('{0} min', Math.ceil(seconds / 60));
}
