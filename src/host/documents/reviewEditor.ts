// One review editor of one dataset.

import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, toDisposable } from '../../base/disposable';
import { encodeError } from '../../base/errors';
import type { FromWebview, ProgressView, RowView } from '../../protocol/reviewProtocol';
import type { SessionEvent } from '../../review/reviewSession';
import { hiddenValuesIn } from '../../sample/queueQuery';
import { chooseFilter, chooseRow, chooseSort } from '../commands/queueMenus';
import { describeError } from '../messages';
import type { Services } from '../services';
import type { DatasetShare, OpenDataset } from '../sessions';
import { scoreOnOpen } from '../settings';
import type { VideoDecoder } from '../videoFallback';
import { datasetName, handleSampleMessage, type ActionContext } from '../views/sampleActions';
import {
  findSample,
  mediaRootsOf,
  sampleAt,
  shownSample,
  toProgressView,
  toRowView,
} from '../views/sampleViews';
import { SamplePosts } from '../views/samplePosts';
import { Surface } from '../views/surface';
import { DatasetQueue } from './datasetQueue';
import { canMap, rowOf, rowViews, toIndexedView } from './datasetRows';

const { t } = vscode.l10n;

const LAST_LINE = 'lastLine';
const NO_PROGRESS: ProgressView = { reviewed: 0, skipped: 0, flagged: 0, total: 0 };
const NO_ROW: RowView = {
  row: 0,
  id: '',
  line: 1,
  text: '',
  state: 'broken',
  flagged: false,
  values: {},
};

export class ReviewEditor {
  readonly #surface: Surface;
  readonly #posts: SamplePosts;
  /** ends with the dataset, which is opened anew when it changes on disk */
  #datasetStore = new DisposableStore();
  #share: DatasetShare | undefined;
  #queue: DatasetQueue | undefined;
  #opening: Promise<void> = Promise.resolve();
  /** the row that is shown, or about to be */
  #row = 0;
  #fault: string | undefined;

  constructor(
    readonly services: Services,
    readonly panel: vscode.WebviewPanel,
    readonly file: string,
  ) {
    this.#surface = new Surface(panel.webview, 'editor', services, {
      sendAll: () => this.#sendAll(),
      receive: (message) => this.#receive(message),
      isVisible: () => panel.visible,
      datasets: () => this.#datasets(),
    });
    this.#posts = new SamplePosts(services, this, this.#surface);
    this.#surface.add(toDisposable(() => services.presentations.forget(this)));
    this.#surface.add(
      services.presentations.onChange.on((path) => {
        if (path === file && this.#share !== undefined) {
          this.#posts.mode(path);
          this.#sendDataset(this.#share.dataset); // its rows are asked for again
        }
      }),
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
        if (panel.visible) {
          this.#surface.shownAgain();
        } else {
          this.#share?.dataset.scoring.release(this);
        }
      }),
    );
  }

  get decoder(): VideoDecoder {
    return this.#surface.decoder;
  }

  #datasets(): readonly OpenDataset[] {
    return this.#share === undefined ? [] : [this.#share.dataset];
  }

  /** Opens the dataset, also after it changed on disk. @param line to show, else the last one */
  open(line?: number): Promise<void> {
    this.#opening = this.#surface.whenDone(this.#open(line), 'opening');
    return this.#opening;
  }

  async #open(line: number | undefined): Promise<void> {
    this.#datasetStore.dispose();
    const store = new DisposableStore();
    this.#datasetStore = store;
    this.#share = undefined;
    this.#queue = undefined;
    this.#fault = undefined;
    try {
      const share = store.add(await this.services.sessions.share(this.file));
      const row = await this.#startRow(share.dataset, line);
      if (store.isDisposed) {
        return; // it is opened once more, or the editor is closed
      }
      this.#share = share;
      this.#row = row;
      const surface = this.#surface;
      const { workspaceState } = this.services.context;
      this.#queue = store.add(new DatasetQueue(share.dataset, surface, workspaceState));
      this.#listen(share.dataset, store);
    } catch (error) {
      if (store.isDisposed) {
        return;
      }
      this.#fault = describeError(encodeError(error));
    }
    // a page that is loaded now asks for everything
    if (!this.#surface.load(this.#datasets().flatMap(mediaRootsOf))) {
      this.#surface.postNotices();
      await this.#sendAll();
    }
  }

  /** Resolves when the dataset is open, or can't be. */
  async #opened(): Promise<void> {
    let opening: Promise<void> | undefined;
    while (opening !== this.#opening) {
      opening = this.#opening;
      await opening;
    }
  }

  async #startRow({ session }: OpenDataset, line: number | undefined): Promise<number> {
    const remembered = this.services.context.workspaceState.get<number>(this.#stateKey());
    const wanted = line ?? remembered;
    return (wanted === undefined ? undefined : await session.dataset.findRow(wanted)) ?? 0;
  }

  #stateKey(): string {
    return `${LAST_LINE}:${this.file}`;
  }

  #listen(dataset: OpenDataset, store: DisposableStore): void {
    const quietly = (task: () => Promise<void>): void => {
      if (this.#surface.isShown()) {
        void this.#surface.whenDone(task(), 'showing a change');
      }
    };
    const { session, scoring } = dataset;
    store.add(session.onChange.on((event) => quietly(() => this.#onSession(dataset, event))));
    store.add(scoring.onChange.on((line) => quietly(() => this.#onScoring(dataset, line))));
    store.add(toDisposable(() => dataset.scoring.release(this)));
  }

  async openLine(line: number): Promise<void> {
    await this.#opened();
    const row = await this.#share?.dataset.session.dataset.findRow(line);
    if (row !== undefined) {
      await this.#openRow(row, true);
    }
  }

  async #sendAll(): Promise<void> {
    const dataset = this.#share?.dataset;
    if (dataset === undefined) {
      this.#sendFault();
      return;
    }
    this.#sendDataset(dataset);
    this.#queue?.send();
    await this.#openRow(this.#row, false);
    // names the model without starting the engine; what is wrong with it shows in the bar
    await this.services.engine.model().catch(() => undefined);
  }

  #sendDataset(dataset: OpenDataset): void {
    this.#surface.post({
      type: 'dataset',
      name: datasetName(dataset),
      indexed: toIndexedView(dataset),
      progress: toProgressView(dataset),
      readOnly: !vscode.workspace.isTrusted,
    });
  }

  /** There is nothing to show but why; nothing at all while it is being opened. */
  #sendFault(): void {
    if (this.#fault !== undefined) {
      this.#surface.post({
        type: 'dataset',
        name: path.basename(this.file),
        indexed: { rows: 0, share: 1 },
        progress: NO_PROGRESS,
        readOnly: !vscode.workspace.isTrusted,
      });
      this.#surface.post({ type: 'brokenRow', row: NO_ROW, fault: this.#fault, canMap: false });
    }
  }

  async #openRow(row: number, takeFocus: boolean): Promise<void> {
    const dataset = this.#share?.dataset;
    const line = dataset?.session.dataset.lineOf(row);
    if (dataset === undefined || line === undefined) {
      return;
    }
    this.#row = row;
    // whatever was asked for later is what is shown in the end
    const isWanted = (): boolean => this.#row === row && this.#share?.dataset === dataset;
    await this.services.context.workspaceState.update(this.#stateKey(), line);
    if (!this.#surface.isShown()) {
      return;
    }
    const result = await rowOf(dataset, row);
    if (!isWanted()) {
      return;
    }
    if (!result.ok) {
      const { toUri } = this.#surface;
      dataset.scoring.release(this);
      const view = await toRowView(this.services.presentations, dataset, row, result, toUri);
      const fault = describeError(result.error);
      this.#surface.post({ type: 'brokenRow', row: view, fault, canMap: canMap(result.error) });
      return;
    }
    await dataset.scoring.checkMedia(dataset.session.revised(result.sample));
    if (!isWanted()) {
      return;
    }
    const shown = shownSample(dataset, row, result.sample);
    if (this.#surface.isShown()) {
      dataset.scoring.want(this, shown.revised, scoreOnOpen());
    }
    await this.#posts.show(shown, takeFocus, isWanted);
  }

  async #receive(message: FromWebview): Promise<void> {
    await this.#opened();
    if (await handleSampleMessage(this.#actions(), message)) {
      return;
    }
    const dataset = this.#share?.dataset;
    if (dataset === undefined) {
      return; // the page shows why
    }
    switch (message.type) {
      case 'rows':
        await this.#sendRows(dataset, message.rows);
        break;
      case 'openRow':
        await this.#openRow(message.row, message.takeFocus);
        break;
      case 'nextUnreviewed':
        await this.#openNextUnreviewed(message.after);
        break;
      case 'queue':
        await this.#queue?.show(message.query);
        break;
      default:
        break; // messages of the side panel
    }
  }

  async #sendRows(dataset: OpenDataset, rows: readonly number[]): Promise<void> {
    const { presentations } = this.services;
    const views = await rowViews(presentations, dataset, rows, this.#surface.toUri);
    this.#surface.post({ type: 'rows', rows: views });
  }

  async #openNextUnreviewed(after: number): Promise<void> {
    const row = await this.#queue?.nextUnreviewed(after);
    if (row === undefined) {
      this.#surface.post({ type: 'say', text: t('Every sample in the queue is reviewed.') });
    } else {
      await this.#openRow(row, true);
    }
  }

  async #onSession(dataset: OpenDataset, event: SessionEvent): Promise<void> {
    switch (event.type) {
      case 'answers':
      case 'media':
        if (event.line === dataset.session.dataset.lineOf(this.#row)) {
          await this.#openRow(this.#row, false);
        }
        await this.#onSession(dataset, { type: 'score', line: event.line });
        break;
      case 'verdict': {
        const shown = await sampleAt(dataset, event.line);
        if (shown !== undefined) {
          await this.#posts.verdict(shown);
          await this.#sendRows(dataset, [shown.row]);
        }
        this.#surface.post({ type: 'progress', progress: toProgressView(dataset) });
        break;
      }
      case 'score': {
        const row = dataset.session.dataset.rowAt(event.line);
        if (row !== undefined) {
          await this.#sendRows(dataset, [row]);
        }
        break;
      }
      case 'scoresLoaded': {
        this.#sendDataset(dataset); // its rows are asked for again
        const line = dataset.session.dataset.lineOf(this.#row);
        await (line === undefined ? undefined : this.#onScoring(dataset, line));
        break;
      }
      case 'journal':
      case 'scoresCleared':
        this.#surface.postNotices();
        await this.#sendAll();
        await (event.type === 'journal'
          ? this.#posts.arrived(dataset, event.arrived ?? [])
          : undefined);
        break;
    }
  }

  async #onScoring(dataset: OpenDataset, line: number): Promise<void> {
    if (line !== dataset.session.dataset.lineOf(this.#row)) {
      return;
    }
    const shown = await sampleAt(dataset, line);
    if (shown !== undefined) {
      this.#posts.score(shown);
    }
  }

  /** What the bar's menus change. */
  async #choose(what: 'filter' | 'sort' | 'goToRow'): Promise<void> {
    const dataset = this.#share?.dataset;
    const queue = this.#queue;
    if (dataset === undefined || queue === undefined) {
      return;
    }
    if (what === 'goToRow') {
      const row = await chooseRow(dataset);
      await (row === undefined ? undefined : this.#openRow(row, true));
      return;
    }
    const query = await (what === 'filter'
      ? chooseFilter(dataset, queue.query)
      : chooseSort(queue.query));
    await (query === undefined ? undefined : queue.show(query));
  }

  #actions(): ActionContext {
    return {
      services: this.services,
      viewer: this,
      texts: this.#surface.texts,
      explaining: this.#surface.explaining,
      post: (message) => this.#surface.post(message),
      posts: this.#posts,
      filteredBy: () => (this.#queue === undefined ? [] : hiddenValuesIn(this.#queue.query)),
      find: (key) => findSample(this.#share?.dataset, key),
      current: () => this.#share?.dataset,
      datasets: () => this.#datasets(),
      reveal: (_, line) => this.openLine(line),
      choose: (what) => this.#choose(what),
    };
  }

  dispose(): void {
    this.#datasetStore.dispose();
    this.#surface.dispose();
  }
}
