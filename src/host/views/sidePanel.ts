// The side panel: the samples that use the picture or video in the active tab.

import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable';
import { encodeError } from '../../base/errors';
import { TaskQueue } from '../../base/taskQueue';
import type { FromWebview } from '../../protocol/reviewProtocol';
import { makeCandidateFile } from '../commands/pasteAnswers';
import type { ReviewEditorProvider } from '../documents/reviewEditorProvider';
import { SIDE_PANEL } from '../ids';
import { showError } from '../messages';
import type { MediaUses } from '../mediaIndex';
import { placeOf } from '../sampleKey';
import type { Services } from '../services';
import type { OpenDataset } from '../sessions';
import { scoreOnOpen } from '../settings';
import type { VideoDecoder } from '../videoFallback';
import { FollowedFile } from './followedFile';
import { PanelDatasets } from './panelDatasets';
import { followedView, panelRoots, sectionViews } from './panelViews';
import { handleSampleMessage, type ActionContext } from './sampleActions';
import { SamplePosts } from './samplePosts';
import { findSample, keyOf, sampleAt, type ShownSample } from './sampleViews';
import { Surface } from './surface';

const NOTHING: MediaUses = { uses: [], unread: [], isCut: false };

export class SidePanelProvider implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #followed = this.#store.add(new FollowedFile());
  readonly #datasets: PanelDatasets;
  // one after the other: each opens and closes datasets
  readonly #shows = new TaskQueue();
  readonly #posts: SamplePosts;
  #surface: Surface | undefined;
  #view: vscode.WebviewView | undefined;
  /** of the sections */
  #keys: ReadonlySet<string> = new Set();
  /** the section that is open, or about to be */
  #openKey: string | undefined;
  /** file on which the person has closed the section */
  #closedOn: string | undefined;

  constructor(
    readonly services: Services,
    readonly editors: ReviewEditorProvider,
  ) {
    this.#posts = new SamplePosts(services, this, {
      toUri: (file) => this.#surface?.toUri(file) ?? '',
      post: (message) => this.#surface?.post(message),
    });
    this.#store.add(
      services.presentations.onChange.on((file) => {
        if (file === this.#current()?.path) {
          this.#posts.mode(file);
        }
      }),
    );
    this.#datasets = new PanelDatasets(services, this, {
      onSession: (dataset, event) => {
        if (this.#surface?.isShown() !== true) {
          return;
        }
        if (event.type === 'journal' || event.type === 'scoresCleared' || event.type === 'media') {
          this.#showSoon();
          if (event.type === 'journal') {
            const arrived = this.#posts.arrived(dataset, event.arrived ?? []);
            void this.#surface.whenDone(arrived, 'telling of verdicts');
          }
        } else if (event.type === 'answers') {
          this.#showAnswersSoon(dataset, event.line);
        } else if (event.type !== 'scoresLoaded') {
          this.#refreshSoon(dataset, event.line);
        }
      },
      onScoring: (dataset, line) => {
        if (this.#surface?.isShown() === true) {
          this.#refreshSoon(dataset, line);
        }
      },
    });
    this.#store.add(vscode.window.registerWebviewViewProvider(SIDE_PANEL, this));
    this.#store.add(this.#followed.onChange.on(() => this.#showSoon()));
    this.#store.add(services.mediaIndex.onChange.on(() => this.#showSoon()));
    this.#store.add(
      services.sessions.onReopen.on((file) => {
        this.#datasets.close(file);
        this.#showSoon();
      }),
    );
  }

  /** Shows a picture whatever the active tab is, until another one becomes active. */
  async follow(file: string): Promise<void> {
    this.#followed.follow(file);
    await vscode.commands.executeCommand(`${SIDE_PANEL}.focus`);
    await this.#show();
  }

  get decoder(): VideoDecoder | undefined {
    return this.#surface?.decoder;
  }

  /** Stays on the picture it shows, or follows the active tab again. */
  setPinned(pinned: boolean): Promise<void> {
    return this.#followed.setPinned(pinned);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const surface = new Surface(view.webview, 'panel', this.services, {
      sendAll: () => this.#sendAll(),
      receive: (message) => this.#receive(message),
      isVisible: () => view.visible,
      datasets: () => this.#datasets.all(),
    });
    this.#surface = surface;
    surface.add(
      view.onDidChangeVisibility(() => {
        if (view.visible) {
          surface.shownAgain();
        } else {
          this.#datasets.releaseScoring();
        }
      }),
    );
    view.onDidDispose(() => {
      surface.dispose();
      this.services.presentations.forget(this);
      this.#surface = undefined;
      this.#view = undefined;
      // after what is being shown
      void this.#shows.enqueue(async () => {
        if (this.#view === undefined) {
          this.#datasets.dispose();
        }
      });
    });
    surface.load(panelRoots(this.#followed.path));
  }

  #showSoon(): void {
    void this.#surface?.whenDone(this.#show(), 'showing a file');
  }

  #show(): Promise<void> {
    return this.#shows.enqueue(() => this.#showNow());
  }

  async #showNow(): Promise<void> {
    const surface = this.#surface;
    const file = this.#followed.path;
    if (surface?.isShown() !== true) {
      return;
    }
    if (surface.load(panelRoots(file))) {
      return; // the page asks for everything when it is there
    }
    this.#datasets.releaseScoring();
    const found = file === undefined ? NOTHING : await this.#usesOf(file);
    const { uses } = found;
    if (file !== this.#followed.path) {
      return; // another file is followed, and shown next
    }
    await this.#datasets.showOnly(new Set(uses.map((use) => use.dataset)));
    const sections = await sectionViews(uses, (path) => this.#datasets.get(path));
    this.#keys = new Set(sections.map(({ key }) => key));
    surface.postNotices();
    surface.post({
      type: 'followed',
      file: file === undefined ? undefined : await followedView(file, found, surface.toUri),
      sections,
      readOnly: !vscode.workspace.isTrusted,
    });
    const kept = sections.find((section) => section.key === this.#openKey);
    const first = sections.find((section) => !section.decided) ?? sections[0];
    const open = kept ?? (this.#closedOn === file ? undefined : first);
    if (open !== undefined) {
      await this.#openSection(open.key, false);
    }
  }

  async #usesOf(file: string): Promise<MediaUses> {
    try {
      return await this.services.mediaIndex.usesOf(file);
    } catch (error) {
      this.services.log.log('error', 'candidate files not searched', { ...encodeError(error) });
      return NOTHING;
    }
  }

  async #sendAll(): Promise<void> {
    await this.#show();
    await this.services.engine.model().catch(() => undefined);
  }

  /** @returns false when there is no such sample any more */
  async #openSection(key: string, takeFocus: boolean): Promise<boolean> {
    this.#openKey = key;
    this.#closedOn = undefined;
    const shown = await this.#findNow(key);
    const surface = this.#surface;
    if (shown === undefined || surface === undefined) {
      return false;
    }
    await shown.dataset.scoring.checkMedia(shown.revised);
    // whatever is opened later is what is shown in the end
    if (this.#openKey === key && surface.isShown()) {
      this.#datasets.releaseScoring();
      const { dataset, revised } = shown;
      dataset.scoring.want(this, revised, scoreOnOpen());
      await this.#posts.show(shown, takeFocus, () => this.#openKey === key);
    }
    return true;
  }

  #closeSection(): void {
    this.#openKey = undefined;
    this.#closedOn = this.#followed.path;
    this.services.presentations.forget(this);
    this.#datasets.releaseScoring();
  }

  #refreshSoon(dataset: OpenDataset, line: number): void {
    void this.#surface?.whenDone(this.#refresh(dataset, line), 'showing a change');
  }

  /** Answers were edited, here or in an editor: the section that shows them is shown anew. */
  #showAnswersSoon(dataset: OpenDataset, line: number): void {
    const show = async (): Promise<void> => {
      const shown = await sampleAt(dataset, line);
      if (shown !== undefined && keyOf(shown) === this.#openKey) {
        await this.#openSection(this.#openKey, false);
      }
    };
    void this.#surface?.whenDone(show(), 'showing an edit');
  }

  /** Something about a sample changed: tell the section that shows it. */
  async #refresh(dataset: OpenDataset, line: number): Promise<void> {
    const shown = await sampleAt(dataset, line);
    if (shown === undefined) {
      return;
    }
    await this.#posts.verdict(shown);
    if (keyOf(shown) === this.#openKey) {
      this.#posts.score(shown);
    }
  }

  async #receive(message: FromWebview): Promise<void> {
    if (this.#current() === undefined) {
      await this.#shown(); // a dataset may be being opened anew
    }
    const surface = this.#surface;
    if (surface === undefined || (await handleSampleMessage(this.#actions(surface), message))) {
      return;
    }
    switch (message.type) {
      case 'openSection':
        if (message.key === undefined) {
          this.#closeSection();
        } else if (!(await this.#openSection(message.key, message.takeFocus))) {
          await this.#show(); // the sections that there are now
        }
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

  /** A candidate file for what is followed; its answers appear here. */
  async #pasteAnswers(): Promise<void> {
    const file = this.#followed.path;
    try {
      if (file !== undefined && (await makeCandidateFile(file)) !== undefined) {
        this.services.mediaIndex.forget();
      }
    } catch (error) {
      await showError(error, () => this.services.log.show());
    }
  }

  /** Resolves when everything that was to be shown is. */
  #shown(): Promise<void> {
    return this.#shows.enqueue(() => Promise.resolve());
  }

  #findNow(key: string): Promise<ShownSample | undefined> {
    return findSample(this.#datasets.get(placeOf(key).file), key);
  }

  async #find(key: string): Promise<ShownSample | undefined> {
    const found = await this.#findNow(key);
    if (found !== undefined) {
      return found;
    }
    await this.#shown(); // its dataset may be being opened anew
    return this.#findNow(key);
  }

  #actions(surface: Surface): ActionContext {
    return {
      services: this.services,
      viewer: this,
      texts: surface.texts,
      explaining: surface.explaining,
      post: (message) => surface.post(message),
      posts: this.#posts,
      pasteAnswers: () => this.#pasteAnswers(),
      find: (key) => this.#find(key),
      current: () => this.#current(),
      datasets: () => this.#datasets.all(),
      reveal: async (dataset, line) => {
        const shown = await sampleAt(dataset, line);
        // a sample without a section is named in words
        if (shown !== undefined && this.#keys.has(keyOf(shown))) {
          await this.#openSection(keyOf(shown), true);
        }
      },
    };
  }

  /** That of the open section, else the first one. */
  #current(): OpenDataset | undefined {
    const key = this.#openKey;
    const open = key === undefined ? undefined : this.#datasets.get(placeOf(key).file);
    return open ?? this.#datasets.all()[0];
  }

  dispose(): void {
    this.#surface?.dispose();
    this.#datasets.dispose();
    this.#store.dispose();
  }
}
