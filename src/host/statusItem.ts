// The status bar item: shown while the engine is there, silent otherwise.

import * as vscode from 'vscode';
import { COMMANDS } from './ids';
import type { EngineService } from './engineService';

export function createStatusItem(engine: EngineService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('rewardlens', vscode.StatusBarAlignment.Left, 0);
  item.name = 'RewardLens';
  item.command = COMMANDS.showLog;
  const update = (): void => {
    const { state, text, detail } = engine.view();
    const icon = state === 'busy' || state === 'starting' ? '$(sync~spin)' : '$(beaker)';
    item.text = `${state === 'fault' ? '$(warning)' : icon} ${text}`;
    const hint = vscode.l10n.t('RewardLens scoring engine. Click for its log.');
    item.tooltip = detail === undefined ? hint : `${hint}\n${detail}`;
    if (state === 'stopped' || state === 'off') {
      item.hide();
    } else {
      item.show();
    }
  };
  return vscode.Disposable.from(item, engine.onChange.on(update));
}
