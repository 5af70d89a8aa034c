// The lines above the cards: what a person must know before trusting what they see.

import * as vscode from 'vscode';
import { Emitter } from '../base/emitter';
import type { NoticeView } from '../protocol/reviewProtocol';
import { DEMO_LABEL } from '../sample/standIn';
import { openJournal } from './commands/openJournal';
import type { EngineService } from './engineService';
import { COMMANDS } from './ids';
import { journalNotices, journalOf } from './journalNotices';
import { sentence } from './messages';
import type { OpenDataset } from './sessions';

const { t } = vscode.l10n;

const RESTARTED = 'restarted';
const FAILED = 'failed';

export class Notices implements vscode.Disposable {
  readonly onChange = new Emitter<void>();
  #restartReason: string | undefined;
  /** ids of those that the person has closed */
  readonly #closed = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(readonly engine: EngineService) {
    const change = (): void => this.onChange.fire();
    this.#subscriptions = [
      engine.onChange.on(change),
      engine.onRestart.on((reason) => {
        this.#restartReason = reason;
        this.#closed.delete(FAILED);
        change();
      }),
    ];
  }

  /** @param datasets those that are shown */
  list(datasets: readonly OpenDataset[]): readonly NoticeView[] {
    return [this.#untrusted(), this.#engine(), ...journalNotices(datasets), this.#standIn()]
      .filter((notice) => notice !== undefined)
      .filter(({ id }) => !this.#closed.has(id));
  }

  /** Does what a button of a notice says. */
  async act(
    id: string,
    action: string,
    datasets: readonly OpenDataset[],
    showLog: () => void,
  ): Promise<void> {
    switch (action) {
      case 'close':
        if (id === RESTARTED) {
          this.#restartReason = undefined;
        } else {
          this.#closed.add(id);
        }
        this.onChange.fire();
        break;
      case 'openJournal': {
        const journal = journalOf(id, datasets);
        if (journal !== undefined) {
          await openJournal(journal);
        }
        break;
      }
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

  /** It has ended unasked: it was started again, or waits for the person. */
  #engine(): NoticeView | undefined {
    const { status } = this.engine;
    const safe = t('Your verdicts are safe; they are saved without the engine.');
    const base = { actions: [{ id: 'showLog', title: t('Show log') }], closable: true };
    if (status.state === 'failed') {
      return {
        ...base,
        id: FAILED,
        kind: 'error',
        title: t('The scoring engine has stopped.'),
        text: [
          sentence(status.reason),
          safe,
          t('Score an answer again to start it once more.'),
        ].join(' '),
      };
    }
    return this.#restartReason === undefined
      ? undefined
      : {
          ...base,
          id: RESTARTED,
          kind: 'warning',
          title: t('The scoring engine stopped and was restarted.'),
          text: [t('It ended with {0}.', this.#restartReason), safe].join(' '),
        };
  }

  #standIn(): NoticeView | undefined {
    const { label } = this.engine;
    return label === undefined
      ? undefined
      : {
          id: 'standIn',
          kind: 'warning',
          title:
            label === DEMO_LABEL
              ? t('Demo model: judges synthetic shapes only.')
              : t('Stand-in model ({0}): its rewards mean nothing.', label),
          text: t(
            'Good for learning the keys, not for judging other pictures. Every reward says “{0}” until you use a real model.',
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
