// VS Code's cancellation tokens as signals.

import type * as vscode from 'vscode';

export function toSignal(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
