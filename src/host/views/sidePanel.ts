// The side panel: the samples that use the picture or video in the active tab.

import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable';
import { encodeError } from '../../base/errors';
import { fileSizeBytes } from '../../node/folder';
import type { FromWebview, SectionView } from '../../protocol/reviewProtocol';
import type { ReviewEditorProvider } from '../documents/reviewEditor';
import { CONTEXT_PINNED, MEDIA_NAME, SIDE_PANEL, VIDEO_NAME } from '../ids';
import type { MediaUse } from '../mediaIndex';
import type { Services } from '../services';
import type { DatasetShare, OpenDataset } from '../sessions';
import { placeOf } from '../sampleKey';
import { scoreOnOpen } from '../settings';
import { handleSampleMessage, type ActionContext } from './sampleActions';
import { findSample, keyOf, sampleAt, toSampleView, type ShownSample } from './sampleViews';
import type { VideoDecoder } from '../videoFallback';
import { Surface } from './surface';
import { loadPage } from './webviewPage';

/** A click in the Explorer previews: wait until the person has settled. */
const FOLLOW_DELAY_MS = 150;

export class SidePanelProvider implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #shares = new Map<string, DatasetShare>();
  #surface: Surface | undefined;
  #view: vscode.WebviewView | undefined;
  #file: string | undefined;
  #uses: readonly MediaUse[] = [];
  #pinned = false;
  #openKey: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly services: Services,
    readonly editors: ReviewEditorProvider,
  ) {
    this.#store.add(vscode.window.registerWebviewViewProvider(SIDE_PANEL, this));
    this.#store.add(vscode.window.tabGroups.onDidChangeTabs(() => this.#followSoon()));
    this.#store.add(vscode.window.tabGroups.onDidChangeTabGroups(() => this.#followSoon()));
    this.#store.add(services.mediaIndex.onChange.on(() => void this.#show(this.#file)));
    this.#store.add(
      services.sessions.onReopen.on((file) => {
        this.#shares.get(file)?.dispose();
        this.#shares.delete(file);
        void this.#show(this.#file);
      }),
    );
  }

  /** Shows a picture whatever the active tab is, until another one becomes active. */
  async follow(file: string): Promise<void> {
    this.#file = file;
    await vscode.commands.executeCommand(`${SIDE_PANEL}.focus`);
    await this.#show(file);
  }

  get decoder(): VideoDecoder | undefined {
    return this.#surface?.decoder;
  }

  /** Stays on the picture it shows, or follows the active tab again. */
  async setPinned(pinned: boolean): Promise<void> {
    this.#pinned = pinned;
    await vscode.commands.executeCommand('setContext', CONTEXT_PINNED, pinned);
    if (!pinned) {
      this.#followSoon();
    }
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const surface = new Surface(
      view.webview,
      'panel',
      this.services,
      () => this.#sendAll(),
      (message) => this.#receive(message),
    );
    this.#surface = surface;
    surface.add(
      view.onDidChangeVisibility(() => {
        if (!view.visible) {
          this.#releaseScoring();
        }
      }),
    );
    view.onDidDispose(() => {
      surface.dispose();
      this.#closeShares();
      this.#surface = undefined;
      this.#view = undefined;
    });
    this.#file ??= activeMedia();
    this.#loadPage();
  }

  #loadPage(): void {
    if (this.#view !== undefined) {
      const roots = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
      const own = this.#file === undefined ? [] : [vscode.Uri.file(path.dirname(this.#file))];
      loadPage(this.#view.webview, this.services.context.extensionUri, 'panel', [...roots, ...own]);
    }
  }

  #followSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const file = activeMedia();
      if (!this.#pinned && file !== undefined && file !== this.#file) {
        this.#file = file;
        void this.#show(file);
      }
    }, FOLLOW_DELAY_MS);
  }

  async #show(file: string | undefined): Promise<void> {
    if (this.#view?.visible !== true || this.#surface === undefined) {
      return;
    }
    this.#releaseScoring();
    this.#uses = file === undefined ? [] : await this.services.mediaIndex.usesOf(file);
    if (file !== this.#file) {
      return; // another file was followed meanwhile
    }
    await this.#openDatasets();
    const sections = await this.#sections();
    const sizeBytes = file === undefined ? undefined : await fileSizeBytes(file);
    this.#surface.post({
      type: 'followed',
      file:
        file === undefined
          ? undefined
          : {
              name: path.basename(file),
              folder: vscode.workspace.asRelativePath(path.dirname(file)),
              kind: VIDEO_NAME.test(file) ? 'video' : 'image',
              uri: this.#surface.toUri(file),
              ...(sizeBytes === undefined ? {} : { sizeBytes }),
              samples: this.#uses.length,
              files: new Set(this.#uses.map((use) => use.dataset)).size,
            },
      sections,
    });
    const kept = sections.find((section) => section.key === this.#openKey);
    const first = kept ?? sections.find((section) => !section.decided) ?? sections[0];
    if (first !== undefined) {
      await this.#openSection(first.key);
    }
  }

  async #sendAll(): Promise<void> {
    await this.#show(this.#file);
    await this.services.engine.model().catch(() => undefined);
  }

  async #openDatasets(): Promise<void> {
    const wanted = new Set(this.#uses.map((use) => use.dataset));
    for (const [file, share] of [...this.#shares]) {
      if (!wanted.has(file)) {
        share.dispose();
        this.#shares.delete(file);
      }
    }
    for (const file of wanted) {
      if (!this.#shares.has(file)) {
        await this.#openDataset(file);
      }
    }
  }

  async #openDataset(file: string): Promise<void> {
    try {
      const share = await this.services.sessions.share(file);
      const { session, scoring } = share.dataset;
      const subscriptions = [
        session.onChange.on((event) => {
          if (event.type === 'journal' || event.type === 'scoresCleared') {
            void this.#show(this.#file);
          } else {
            void this.#refresh(share.dataset, event.line);
          }
        }),
        scoring.onChange.on((line) => void this.#refresh(share.dataset, line)),
      ];
      this.#shares.set(file, {
        dataset: share.dataset,
        dispose: () => {
          vscode.Disposable.from(...subscriptions).dispose();
          scoring.release(this);
          share.dispose();
        },
      });
    } catch (error) {
      this.services.log.log('warn', 'dataset not opened', { ...encodeError(error) });
    }
  }

  async #sections(): Promise<SectionView[]> {
    const sections: SectionView[] = [];
    for (const { dataset: file, line, id, text } of this.#uses) {
      const dataset = this.#shares.get(file)?.dataset;
      const shown = dataset && (await sampleAt(dataset, line));
      if (dataset !== undefined && shown !== undefined) {
        const { decision, stale } = await dataset.session.verdict(shown.row);
        sections.push({
          key: keyOf(shown),
          id,
          file: path.basename(file),
          line,
          text,
          decided: decision !== undefined && !stale,
        });
      }
    }
    return sections;
  }

  async #openSection(key: string): Promise<void> {
    const shown = await this.#find(key);
    if (shown === undefined || this.#surface === undefined) {
      return;
    }
    this.#releaseScoring();
    this.#openKey = key;
    const { dataset, sample } = shown;
    if (scoreOnOpen()) {
      dataset.scoring.want(this, sample);
    }
    const surface = this.#surface;
    const view = await toSampleView(shown, this.services.drafts, (file) => surface.toUri(file));
    surface.post({ type: 'sample', sample: view, takeFocus: false });
  }

  /** Something about a sample changed: tell the section that shows it. */
  async #refresh(dataset: OpenDataset, line: number): Promise<void> {
    const shown = await sampleAt(dataset, line);
    if (shown === undefined) {
      return;
    }
    const key = keyOf(shown);
    const verdict = await dataset.session.verdict(shown.row);
    this.#surface?.post({ type: 'verdict', key, verdict });
    if (key === this.#openKey) {
      this.#surface?.post({ type: 'score', key, score: dataset.scoring.view(shown.sample) });
    }
  }

  async #receive(message: FromWebview): Promise<void> {
    if (await handleSampleMessage(this.#actions(), message)) {
      return;
    }
    switch (message.type) {
      case 'openSection':
        await this.#openSection(message.key);
        break;
      case 'openInEditor': {
        const shown = await this.#find(message.key);
        if (shown !== undefined) {
          await this.editors.show(shown.dataset.path, shown.sample.line);
        }
        break;
      }
      default:
        break; // messages of the review editor
    }
  }

  #find(key: string): Promise<ShownSample | undefined> {
    return findSample(this.#shares.get(placeOf(key).file)?.dataset, key);
  }

  #actions(): ActionContext {
    return {
      services: this.services,
      viewer: this,
      post: (message) => this.#surface?.post(message),
      find: (key) => this.#find(key),
      current: () => this.#current(),
      reveal: async (line) => {
        const dataset = this.#current();
        const shown = dataset && (await sampleAt(dataset, line));
        if (shown !== undefined) {
          await this.#openSection(keyOf(shown));
        }
      },
    };
  }

  #current(): OpenDataset | undefined {
    const key = this.#openKey;
    return key === undefined ? undefined : this.#shares.get(placeOf(key).file)?.dataset;
  }

  #releaseScoring(): void {
    for (const { dataset } of this.#shares.values()) {
      dataset.scoring.release(this);
    }
  }

  #closeShares(): void {
    for (const share of this.#shares.values()) {
      share.dispose();
    }
    this.#shares.clear();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#surface?.dispose();
    this.#closeShares();
    this.#store.dispose();
  }
}

/** The picture or video in the active tab, in whatever editor shows it. */
function activeMedia(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri =
    input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText
      ? input.uri
      : undefined;
  return uri?.scheme === 'file' && MEDIA_NAME.test(uri.path) ? uri.fsPath : undefined;
}
