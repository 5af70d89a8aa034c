// The log that people see: an output channel of VS Code.

import * as vscode from 'vscode';
import type { Logger } from '../base/logger';

export interface Log extends Logger, vscode.Disposable {
  show(): void;
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel('RewardLens', { log: true });
  return {
    log: (level, message, data) => {
      const extra = data === undefined ? '' : ` ${JSON.stringify(data)}`;
      channel[level](message + extra);
    },
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
