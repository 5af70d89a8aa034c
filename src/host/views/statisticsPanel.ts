// The statistics page of one dataset: computed while it is seen, told of what changes.

import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, toDisposable } from '../../base/disposable';
import { encodeError, isCancelled } from '../../base/errors';
import { writeWholeFile } from '../../node/atomicFile';
import {
  fromStatisticsSchema,
  type FromStatistics,
  type ToStatistics,
} from '../../protocol/statisticsProtocol';
import { datasetStatistics } from '../../review/datasetStatistics';
import { readJudgedSamples } from '../../review/judgedSamples';
import type { DatasetStatistics, StatisticsSelection } from '../../sample/statistics';
import { COMMANDS } from '../ids';
import { describeError } from '../messages';
import type { Services } from '../services';
import type { DatasetShare, OpenDataset } from '../sessions';
import { loadPage, translations } from './webviewPage';

const { t } = vscode.l10n;

/** Verdicts and rewards come in bursts. */
const SETTLE_MS = 400;

export class StatisticsPanel {
  readonly #store = new DisposableStore();
  /** ends with the dataset, which is opened anew when it changes on disk */
  #datasetStore = new DisposableStore();
  #share: DatasetShare | undefined;
  #selection: StatisticsSelection = {};
  /** of the last verdicts and rewards, as far as nothing is outdated */
  #statistics: DatasetStatistics | undefined;
  #isOutdated = true;
  #computing = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly services: Services,
    readonly panel: vscode.WebviewPanel,
    readonly file: string,
  ) {
    const { webview } = panel;
    this.#store.add(webview.onDidReceiveMessage((raw: unknown) => this.#receive(raw)));
    this.#store.add(panel.onDidChangeViewState(() => this.#soon()));
    this.#store.add(
      services.sessions.onReopen.on((reopened) => {
        if (reopened === file) {
          void this.open();
        }
      }),
    );
    this.#store.add(
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#outdate();
      }),
    );
    this.#store.add(
      toDisposable(() => {
        clearTimeout(this.#timer);
        this.#computing.abort();
        this.#datasetStore.dispose();
      }),
    );
    loadPage(webview, services.context.extensionUri, 'statistics', []);
  }

  /** Opens the dataset, also after it changed on disk. */
  async open(): Promise<void> {
    this.#datasetStore.dispose();
    const store = new DisposableStore();
    this.#datasetStore = store;
    this.#share = undefined;
    try {
      const share = store.add(await this.services.sessions.share(this.file));
      if (store.isDisposed) {
        return; // it is opened once more, or the page is closed
      }
      this.#share = share;
      store.add(share.dataset.session.onChange.on(() => this.#outdate()));
      this.#outdate();
    } catch (error) {
      if (!store.isDisposed) {
        this.#fault(error);
      }
    }
  }

  #outdate(): void {
    this.#isOutdated = true;
    this.#soon();
  }

  /** Nothing is computed for a page that nobody sees. */
  #soon(): void {
    if (this.panel.visible && this.#isOutdated) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#compute(), SETTLE_MS);
    }
  }

  async #compute(): Promise<void> {
    const dataset = this.#share?.dataset;
    if (dataset === undefined || !this.panel.visible) {
      return;
    }
    clearTimeout(this.#timer);
    this.#computing.abort();
    const computing = new AbortController();
    this.#computing = computing;
    this.#isOutdated = false;
    this.#post({ type: 'computing' });
    try {
      const statistics = await this.#statisticsOf(dataset, computing.signal);
      if (!computing.signal.aborted) {
        this.#statistics = statistics;
        this.#send(statistics);
      }
    } catch (error) {
      if (!isCancelled(error) && !computing.signal.aborted) {
        this.#fault(error);
      }
    }
  }

  async #statisticsOf({ session }: OpenDataset, signal: AbortSignal): Promise<DatasetStatistics> {
    const samples = await readJudgedSamples(session, signal);
    const options = {
      selection: this.#selection,
      person: session.person,
      rows: session.dataset.rowCount,
      noiseFloor: this.services.engine.view().noiseFloor ?? 0,
      unnamed: t('no source'),
    };
    return datasetStatistics(samples, options, signal);
  }

  #send(statistics: DatasetStatistics): void {
    const { text, label } = this.services.engine.view();
    this.#post({
      type: 'statistics',
      name: path.basename(this.file),
      model: text,
      ...(label === undefined ? {} : { label }),
      statistics,
    });
  }

  #fault(error: unknown): void {
    const text = describeError(encodeError(error));
    this.#post({ type: 'fault', name: path.basename(this.file), text });
  }

  #post(message: ToStatistics): void {
    // a hidden or closed webview drops messages; it asks for everything when it is shown again
    void this.panel.webview.postMessage(message);
  }

  async #receive(raw: unknown): Promise<void> {
    const parsed = fromStatisticsSchema.safeParse(raw);
    if (!parsed.success) {
      this.services.log.log('warn', 'a message of the statistics page was refused');
      return;
    }
    try {
      await this.#answer(parsed.data);
    } catch (error) {
      const encoded = encodeError(error);
      this.services.log.log('error', `${parsed.data.type} failed`, { ...encoded });
      await vscode.window.showErrorMessage(describeError(encoded));
    }
  }

  async #answer(message: FromStatistics): Promise<void> {
    const uri = vscode.Uri.file(this.file);
    switch (message.type) {
      case 'ready':
        this.#post({ type: 'init', language: vscode.env.language, strings: translations() });
        if (this.#statistics !== undefined) {
          this.#send(this.#statistics);
        }
        this.#soon();
        break;
      case 'select':
        this.#selection = message.selection;
        this.#isOutdated = true;
        await this.#compute();
        break;
      case 'computeAgain':
        this.#isOutdated = true;
        await this.#compute();
        break;
      case 'backToReview':
        await vscode.commands.executeCommand(COMMANDS.openReview, uri);
        break;
      case 'scoreAll':
        await vscode.commands.executeCommand(COMMANDS.scoreCandidates, uri);
        break;
      case 'copyTable':
        await vscode.env.clipboard.writeText(message.csv);
        this.#post({ type: 'say', text: t('Copied.') });
        break;
      case 'savePicture':
        await this.#savePicture(message);
        break;
    }
  }

  /** @throws AppError `OUTPUT_FAILED` */
  async #savePicture({
    name,
    svg,
    png,
  }: Extract<FromStatistics, { type: 'savePicture' }>): Promise<void> {
    const stem = path.basename(this.file).replace(/(\.candidates)?\.jsonl?$/, '');
    const safe = name.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
    const folder = path.dirname(this.file);
    const target = await vscode.window.showSaveDialog({
      title: t('Save the picture'),
      defaultUri: vscode.Uri.file(path.join(folder, `${stem}.${safe}.svg`)),
      filters: { SVG: ['svg'], PNG: ['png'] },
    });
    if (target !== undefined) {
      const isPng = /\.png$/i.test(target.fsPath);
      await writeWholeFile(target.fsPath, isPng ? png : svg);
      this.#post({ type: 'say', text: t('Saved {0}.', path.basename(target.fsPath)) });
    }
  }

  dispose(): void {
    this.#store.dispose();
  }
}
