// The ends that both webviews share: messages out, checked messages in, state of engine and notices.

import * as vscode from 'vscode';
import { DisposableStore, toDisposable } from '../../base/disposable';
import { encodeError } from '../../base/errors';
import {
  fromWebviewSchema,
  type FromWebview,
  type Surface as SurfaceName,
  type ToWebview,
} from '../../protocol/reviewProtocol';
import type { Remembered } from '../../protocol/remembered';
import { describeError } from '../messages';
import type { Services } from '../services';
import type { OpenDataset } from '../sessions';
import { marksAreRead, plainKeys } from '../settings';
import { Explaining } from './explaining';
import { TextScoring } from './textScoring';
import { WebviewDecoder } from './webviewDecoder';
import { loadPage, translations } from './webviewPage';

const REMEMBERED = 'view';

/** What a surface shows. */
export interface SurfaceContent {
  /** the page has loaded, perhaps again, or may do more than before: send everything */
  sendAll(): Promise<void>;
  receive(message: FromWebview): Promise<void>;
  isVisible(): boolean;
  /** what it shows comes from these */
  datasets(): readonly OpenDataset[];
}

/** A webview that is ready to be told things. Dispose it with the webview. */
export class Surface extends DisposableStore {
  /** The address of a file for the page. */
  readonly toUri = (file: string): string =>
    this.webview.asWebviewUri(vscode.Uri.file(file)).toString();
  readonly decoder = new WebviewDecoder((message) => this.post(message), this.toUri);
  readonly texts = this.add(new TextScoring());
  readonly explaining = this.add(new Explaining());
  /** folders whose pictures the page may show; `undefined` before it is loaded */
  #roots: string | undefined;
  /** something has changed while it was hidden */
  #isBehind = false;

  constructor(
    readonly webview: vscode.Webview,
    readonly name: SurfaceName,
    readonly services: Services,
    readonly content: SurfaceContent,
  ) {
    super();
    const { engine, notices } = services;
    this.add(toDisposable(() => this.decoder.cancel()));
    this.add(engine.onChange.on(() => this.#postEngine()));
    this.add(notices.onChange.on(() => this.postNotices()));
    this.add(
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.whenDone(this.#sendAll(), 'trust')),
    );
    this.add(webview.onDidReceiveMessage((raw: unknown) => this.#receive(raw)));
  }

  /**
   * Loads the page, unless it is loaded and may show all of these folders.
   * @returns false when it stays as it is
   */
  load(mediaRoots: readonly vscode.Uri[]): boolean {
    const roots = mediaRoots.map(String).join('\n');
    if (roots === this.#roots) {
      return false;
    }
    this.#roots = roots;
    loadPage(this.webview, this.services.context.extensionUri, this.name, mediaRoots);
    return true;
  }

  async #receive(raw: unknown): Promise<void> {
    const parsed = fromWebviewSchema.safeParse(raw);
    if (!parsed.success) {
      this.services.log.log('warn', 'a message of the webview was refused');
      return;
    }
    const message = parsed.data;
    if (message.type === 'ready') {
      this.decoder.cancel(); // what an earlier page was asked for
      await this.whenDone(this.#sendAll(), message.type);
    } else if (message.type === 'remember') {
      const all = { ...this.#remembered(), ...message.remembered };
      await this.services.context.globalState.update(REMEMBERED, all);
    } else if (!this.decoder.receive(message)) {
      await this.#answer(message);
    }
  }

  /** Whatever comes of a request, the page waits for an answer. */
  async #answer(message: FromWebview): Promise<void> {
    const handled = this.content.receive(message);
    if (!('request' in message)) {
      await this.whenDone(handled, message.type);
      return;
    }
    const { request } = message;
    try {
      await handled;
      this.post({ type: 'done', request });
    } catch (error) {
      const encoded = encodeError(error);
      this.services.log.log('warn', `${message.type} failed`, { ...encoded });
      const elsewhere = encoded.code === 'JOURNAL_NOT_SAVED';
      this.post({ type: 'failed', request, text: describeError(encoded), elsewhere });
    }
  }

  /** Waits for something that nobody is told of when it fails. */
  async whenDone(task: Promise<void>, name: string): Promise<void> {
    try {
      await task;
    } catch (error) {
      this.services.log.log('error', `${name} failed`, { ...encodeError(error) });
    }
  }

  /**
   * Whether there is anything to do for it. A hidden one costs nothing; it is told everything when it
   * is shown again.
   */
  isShown(): boolean {
    const isVisible = this.content.isVisible();
    this.#isBehind ||= !isVisible;
    return isVisible;
  }

  /** It is visible again. */
  shownAgain(): void {
    if (this.#isBehind) {
      void this.whenDone(this.#sendAll(), 'showing it again');
    }
  }

  post(message: ToWebview): void {
    if (message.type === 'sample' || message.type === 'brokenRow') {
      this.decoder.cancel(message.type === 'sample' ? message.sample.key : undefined);
    }
    if (this.isShown()) {
      void this.webview.postMessage(message);
    }
  }

  async #sendAll(): Promise<void> {
    this.#isBehind = false;
    if (!this.isShown()) {
      return;
    }
    this.post({
      type: 'init',
      surface: this.name,
      keys: plainKeys(),
      readMarks: marksAreRead(),
      language: vscode.env.language,
      strings: translations(),
      remembered: this.#remembered(),
    });
    this.#postEngine();
    this.postNotices();
    await this.content.sendAll();
  }

  #remembered(): Remembered {
    return this.services.context.globalState.get<Remembered>(REMEMBERED) ?? {};
  }

  #postEngine(): void {
    this.post({ type: 'engine', engine: this.services.engine.view() });
  }

  postNotices(): void {
    this.post({ type: 'notices', notices: this.services.notices.list(this.content.datasets()) });
  }
}
