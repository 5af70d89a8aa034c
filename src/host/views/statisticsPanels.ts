// The statistics pages of the window: one for each dataset.

import path from 'node:path';
import * as vscode from 'vscode';
import { STATISTICS_VIEW_TYPE } from '../ids';
import type { Services } from '../services';
import { StatisticsPanel } from './statisticsPanel';

const { t } = vscode.l10n;

export class StatisticsPanels implements vscode.Disposable {
  readonly #panels = new Map<string, StatisticsPanel>();

  constructor(readonly services: Services) {}

  /** Shows the page of a dataset, beside nothing: in place of what is active. */
  async show(file: string): Promise<void> {
    const open = this.#panels.get(file);
    if (open !== undefined) {
      open.panel.reveal();
      return;
    }
    const title = t('Statistics of {0}', path.basename(file));
    const panel = vscode.window.createWebviewPanel(
      STATISTICS_VIEW_TYPE,
      title,
      vscode.ViewColumn.Active,
    );
    panel.iconPath = new vscode.ThemeIcon('graph');
    const statistics = new StatisticsPanel(this.services, panel, file);
    this.#panels.set(file, statistics);
    panel.onDidDispose(() => {
      this.#panels.delete(file);
      statistics.dispose();
    });
    await statistics.open();
  }

  dispose(): void {
    for (const { panel } of [...this.#panels.values()]) {
      panel.dispose();
    }
  }
}
