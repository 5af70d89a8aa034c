// The review editor: a read-only custom editor, because the dataset is never changed.

import * as vscode from 'vscode';
import { DisposableStore, toDisposable } from '../../base/disposable';
import { encodeError } from '../../base/errors';
import type { FromWebview } from '../../protocol/reviewProtocol';
import type { SessionEvent } from '../../review/reviewSession';
import { VIEW_TYPE } from '../ids';
import { describeError } from '../messages';
import type { Services } from '../services';
import type { DatasetShare, OpenDataset } from '../sessions';
import type { VideoDecoder } from '../videoFallback';
import { scoreOnOpen } from '../settings';
import { datasetName, handleSampleMessage, type ActionContext } from '../views/sampleActions';
import {
  findSample,
  keyOf,
  mediaRootsOf,
  sampleAt,
  toProgressView,
  toRowView,
  toSampleView,
} from '../views/sampleViews';
import { Surface } from '../views/surface';
import { loadPage } from '../views/webviewPage';

const { t } = vscode.l10n;

const LAST_LINE = 'lastLine';

export class ReviewEditorProvider implements vscode.CustomReadonlyEditorProvider {
  readonly #editors = new Set<ReviewEditor>();
  /** lines to show in editors that are about to open, by path */
  readonly #wanted = new Map<string, number>();

  constructor(readonly services: Services) {}

  register(): vscode.Disposable {
    return vscode.window.registerCustomEditorProvider(VIEW_TYPE, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  /** Opens a dataset, at a line if given. */
  async show(file: string, line?: number): Promise<void> {
    const open = [...this.#editors].find((editor) => editor.file === file);
    if (line !== undefined && open === undefined) {
      this.#wanted.set(file, line);
    }
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), VIEW_TYPE);
    if (line !== undefined && open !== undefined) {
      await open.openLine(line);
    }
  }

  /** The dataset of the editor that has focus. */
  get activeFile(): string | undefined {
    return [...this.#editors].find((editor) => editor.panel.active)?.file;
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor(
    document: vscode.CustomDocument,
    panel: vscode.WebviewPanel,
  ): Promise<void> {
    const file = document.uri.fsPath;
    const line = this.#wanted.get(file);
    this.#wanted.delete(file);
    const editor = new ReviewEditor(this.services, panel, file, line);
    this.#editors.add(editor);
    panel.onDidDispose(() => {
      this.#editors.delete(editor);
      editor.dispose();
    });
    await editor.open();
  }
}

/** One editor of one dataset. */
class ReviewEditor {
  readonly #surface: Surface;
  /** ends with the dataset, which is opened anew when it changes on disk */
  #datasetStore = new DisposableStore();
  #share: DatasetShare | undefined;
  #row = 0;
  #fault: string | undefined;

  constructor(
    readonly services: Services,
    readonly panel: vscode.WebviewPanel,
    readonly file: string,
    readonly firstLine: number | undefined,
  ) {
    this.#surface = new Surface(
      panel.webview,
      'editor',
      services,
      () => this.#sendAll(),
      (message) => this.#receive(message),
    );
    this.#surface.add(
      services.sessions.onReopen.on((path) => {
        if (path === file) {
          void this.open();
        }
      }),
    );
    this.#surface.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) {
          this.#share?.dataset.scoring.release(this);
        }
      }),
    );
  }

  get decoder(): VideoDecoder {
    return this.#surface.decoder;
  }

  /** Opens the dataset, also after it changed on disk, and loads the page. */
  async open(): Promise<void> {
    this.#datasetStore.dispose();
    this.#datasetStore = new DisposableStore();
    this.#share = undefined;
    this.#fault = undefined;
    try {
      const share = await this.services.sessions.share(this.file);
      this.#share = this.#datasetStore.add(share);
      this.#listen(share.dataset);
      this.#row = this.#startRow(share.dataset);
    } catch (error) {
      this.#fault = describeError(encodeError(error));
    }
    const roots = this.#share === undefined ? [] : mediaRootsOf(this.#share.dataset);
    loadPage(this.panel.webview, this.services.context.extensionUri, 'editor', roots);
  }

  #startRow({ session }: OpenDataset): number {
    const remembered = this.services.context.workspaceState.get<number>(this.#stateKey());
    const line = this.firstLine ?? remembered;
    return (line === undefined ? undefined : session.dataset.rowAt(line)) ?? 0;
  }

  #stateKey(): string {
    return `${LAST_LINE}:${this.file}`;
  }

  #listen(dataset: OpenDataset): void {
    const store = this.#datasetStore;
    store.add(dataset.session.onChange.on((event) => void this.#onSession(dataset, event)));
    store.add(dataset.scoring.onChange.on((line) => void this.#onScoring(dataset, line)));
    store.add(toDisposable(() => dataset.scoring.release(this)));
  }

  async openLine(line: number): Promise<void> {
    const row = this.#share?.dataset.session.dataset.rowAt(line);
    if (row !== undefined) {
      await this.#openRow(row, true);
    }
  }

  async #sendAll(): Promise<void> {
    const dataset = this.#share?.dataset;
    if (dataset === undefined) {
      this.#surface.post({
        type: 'brokenRow',
        row: { row: 0, id: '', line: 1, text: '', state: 'broken', flagged: false },
        fault: this.#fault ?? '',
      });
      return;
    }
    this.#surface.post({
      type: 'dataset',
      name: datasetName(dataset),
      rows: dataset.session.dataset.rowCount,
      progress: toProgressView(dataset),
      readOnly: !vscode.workspace.isTrusted,
    });
    await this.#openRow(this.#row, false);
    const faults = dataset.session.journalFaults;
    if (faults.length > 0) {
      const text = t('{0} lines of the verdict journal can’t be read.', faults.length);
      this.#surface.post({ type: 'say', text });
    }
    // names the model without starting the engine; what is wrong with it shows in the bar
    await this.services.engine.model().catch(() => undefined);
  }

  async #openRow(row: number, takeFocus: boolean): Promise<void> {
    const dataset = this.#share?.dataset;
    const result = await dataset?.session.dataset.row(row);
    if (dataset === undefined || result === undefined) {
      return;
    }
    this.#row = row;
    await this.services.context.workspaceState.update(
      this.#stateKey(),
      dataset.session.dataset.lineOf(row),
    );
    if (!result.ok) {
      dataset.scoring.release(this);
      const view = await toRowView(dataset, row, result, (file) => this.#surface.toUri(file));
      this.#surface.post({ type: 'brokenRow', row: view, fault: describeError(result.error) });
      return;
    }
    if (scoreOnOpen() && this.panel.visible) {
      dataset.scoring.want(this, result.sample);
    }
    const shown = { dataset, row, sample: result.sample };
    const sample = await toSampleView(shown, this.services.drafts, (file) =>
      this.#surface.toUri(file),
    );
    this.#surface.post({ type: 'sample', sample, takeFocus });
  }

  async #receive(message: FromWebview): Promise<void> {
    if (await handleSampleMessage(this.#actions(), message)) {
      return;
    }
    const dataset = this.#share?.dataset;
    if (dataset === undefined) {
      return; // it is being read again; the page then asks for everything
    }
    switch (message.type) {
      case 'rows':
        await this.#sendRows(dataset, message.start, message.end);
        break;
      case 'openRow':
        await this.#openRow(message.row, message.takeFocus);
        break;
      case 'nextUnreviewed':
        await this.#openNextUnreviewed(dataset, message.after);
        break;
      default:
        break; // messages of the side panel
    }
  }

  async #sendRows(dataset: OpenDataset, start: number, end: number): Promise<void> {
    const rows = [];
    const last = Math.min(end, dataset.session.dataset.rowCount, start + MAX_ROWS_AT_ONCE);
    for (let row = start; row < last; row += 1) {
      const result = await dataset.session.dataset.row(row);
      if (result !== undefined) {
        rows.push(await toRowView(dataset, row, result, (file) => this.#surface.toUri(file)));
      }
    }
    this.#surface.post({ type: 'rows', rows });
  }

  /** Searches forward, then from the start. */
  async #openNextUnreviewed(dataset: OpenDataset, after: number): Promise<void> {
    const { rowCount } = dataset.session.dataset;
    for (let step = 1; step <= rowCount; step += 1) {
      const row = (after + step) % rowCount;
      const result = await dataset.session.dataset.row(row);
      const { decision, stale } = await dataset.session.verdict(row);
      if (result?.ok === true && (decision === undefined || stale)) {
        await this.#openRow(row, true);
        return;
      }
    }
    this.#surface.post({ type: 'say', text: t('Every sample is reviewed.') });
  }

  async #onSession(dataset: OpenDataset, event: SessionEvent): Promise<void> {
    switch (event.type) {
      case 'verdict': {
        const shown = await sampleAt(dataset, event.line);
        if (shown !== undefined) {
          const { row } = shown;
          const verdict = await dataset.session.verdict(row);
          this.#surface.post({ type: 'verdict', key: keyOf(shown), verdict });
          await this.#sendRows(dataset, row, row + 1);
        }
        this.#surface.post({ type: 'progress', progress: toProgressView(dataset) });
        break;
      }
      case 'score': {
        const row = dataset.session.dataset.rowAt(event.line);
        if (row !== undefined) {
          await this.#sendRows(dataset, row, row + 1);
        }
        break;
      }
      case 'journal':
      case 'scoresCleared':
        await this.#sendAll();
        break;
    }
  }

  async #onScoring(dataset: OpenDataset, line: number): Promise<void> {
    if (line !== dataset.session.dataset.lineOf(this.#row)) {
      return;
    }
    const shown = await sampleAt(dataset, line);
    if (shown !== undefined) {
      const score = dataset.scoring.view(shown.sample);
      this.#surface.post({ type: 'score', key: keyOf(shown), score });
    }
  }

  #actions(): ActionContext {
    return {
      services: this.services,
      viewer: this,
      post: (message) => this.#surface.post(message),
      find: (key) => findSample(this.#share?.dataset, key),
      current: () => this.#share?.dataset,
      reveal: (line) => this.openLine(line),
    };
  }

  dispose(): void {
    this.#datasetStore.dispose();
    this.#surface.dispose();
  }
}

const MAX_ROWS_AT_ONCE = 200;
