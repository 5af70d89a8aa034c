// The lines above the cards: what a person must know before trusting what they see.

import * as vscode from 'vscode';
import { Emitter } from '../base/emitter';
import type { NoticeView } from '../protocol/reviewProtocol';
import { COMMANDS } from './ids';
import type { EngineService } from './engineService';

const { t } = vscode.l10n;

export class Notices implements vscode.Disposable {
  readonly onChange = new Emitter<void>();
  #restartReason: string | undefined;
  readonly #subscriptions: vscode.Disposable[];

  constructor(readonly engine: EngineService) {
    const change = (): void => this.onChange.fire();
    this.#subscriptions = [
      engine.onChange.on(change),
      engine.onRestart.on((reason) => {
        this.#restartReason = reason;
        change();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(change),
    ];
  }

  list(): readonly NoticeView[] {
    return [this.#untrusted(), this.#restarted(), this.#standIn()].filter(
      (notice) => notice !== undefined,
    );
  }

  /** Does what a button of a notice says. */
  async act(id: string, action: string, showLog: () => void): Promise<void> {
    switch (action) {
      case 'close':
        if (id === 'restarted') {
          this.#restartReason = undefined;
          this.onChange.fire();
        }
        break;
      case 'showLog':
        showLog();
        break;
      case 'manageTrust':
        await vscode.commands.executeCommand('workbench.trust.manage');
        break;
      case 'setUpModel':
        await vscode.commands.executeCommand(COMMANDS.setUpModel);
        break;
    }
  }

  #untrusted(): NoticeView | undefined {
    return vscode.workspace.isTrusted
      ? undefined
      : {
          id: 'untrusted',
          kind: 'info',
          title: t('You can look, scoring is off.'),
          text: t(
            'This workspace is in Restricted Mode: loading a model, scoring and saving verdicts are off until you trust it.',
          ),
          actions: [{ id: 'manageTrust', title: t('Manage workspace trust…') }],
          closable: false,
        };
  }

  #restarted(): NoticeView | undefined {
    return this.#restartReason === undefined
      ? undefined
      : {
          id: 'restarted',
          kind: 'warning',
          title: t('The scoring engine stopped and was restarted.'),
          text: t(
            'It ended with {0}. Your verdicts are safe; they are saved without the engine.',
            this.#restartReason,
          ),
          actions: [{ id: 'showLog', title: t('Show log') }],
          closable: true,
        };
  }

  #standIn(): NoticeView | undefined {
    const { label } = this.engine;
    return label === undefined
      ? undefined
      : {
          id: 'standIn',
          kind: 'warning',
          title: t('Rewards come from an {0} model.', label),
          text: t(
            'Its weights are random: good for learning the keys, not for judging answers. Every reward says “{0}” until you use a real model.',
            label,
          ),
          actions: [{ id: 'setUpModel', title: t('Set up model…') }],
          closable: false,
        };
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    this.onChange.dispose();
  }
}
