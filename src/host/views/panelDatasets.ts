// The datasets that the side panel shows samples of.

import * as vscode from 'vscode';
import { encodeError } from '../../base/errors';
import type { SessionEvent } from '../../review/reviewSession';
import type { Services } from '../services';
import type { DatasetShare, OpenDataset } from '../sessions';
import type { Viewer } from '../sessionScoring';

export interface DatasetListener {
  onSession(dataset: OpenDataset, event: SessionEvent): void;
  /** the score of the sample on a line is another one */
  onScoring(dataset: OpenDataset, line: number): void;
}

export class PanelDatasets implements vscode.Disposable {
  readonly #shares = new Map<string, DatasetShare>();

  constructor(
    readonly services: Services,
    readonly viewer: Viewer,
    readonly listener: DatasetListener,
  ) {}

  get(file: string): OpenDataset | undefined {
    return this.#shares.get(file)?.dataset;
  }

  all(): readonly OpenDataset[] {
    return [...this.#shares.values()].map(({ dataset }) => dataset);
  }

  /** Opens these and closes all others. One run at a time. */
  async showOnly(files: ReadonlySet<string>): Promise<void> {
    for (const file of [...this.#shares.keys()].filter((open) => !files.has(open))) {
      this.close(file);
    }
    for (const file of files) {
      if (!this.#shares.has(file)) {
        await this.#open(file);
      }
    }
  }

  async #open(file: string): Promise<void> {
    try {
      const share = await this.services.sessions.share(file);
      const { dataset } = share;
      const subscriptions = vscode.Disposable.from(
        dataset.session.onChange.on((event) => this.listener.onSession(dataset, event)),
        dataset.scoring.onChange.on((line) => this.listener.onScoring(dataset, line)),
      );
      this.#shares.set(file, {
        dataset,
        dispose: () => {
          subscriptions.dispose();
          dataset.scoring.release(this.viewer);
          share.dispose();
        },
      });
    } catch (error) {
      this.services.log.log('warn', 'dataset not opened', { ...encodeError(error) });
    }
  }

  close(file: string): void {
    this.#shares.get(file)?.dispose();
    this.#shares.delete(file);
  }

  /** Nothing is shown for now: what is scored for the panel alone is given up. */
  releaseScoring(): void {
    for (const { scoring } of this.all()) {
      scoring.release(this.viewer);
    }
  }

  dispose(): void {
    for (const file of [...this.#shares.keys()]) {
      this.close(file);
    }
  }
}
