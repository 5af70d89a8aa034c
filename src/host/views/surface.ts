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
import type { Services } from '../services';
import { plainKeys } from '../settings';
import { WebviewDecoder } from './webviewDecoder';

/** A webview that is ready to be told things. Dispose it with the webview. */
export class Surface extends DisposableStore {
  readonly decoder = new WebviewDecoder(
    (message) => this.post(message),
    (file) => this.toUri(file),
  );

  /**
   * @param onReady the page has loaded, perhaps again: send everything
   * @param onMessage everything else
   */
  constructor(
    readonly webview: vscode.Webview,
    readonly name: SurfaceName,
    readonly services: Services,
    onReady: () => Promise<void>,
    onMessage: (message: FromWebview) => Promise<void>,
  ) {
    super();
    const { engine, notices, log } = services;
    this.add(toDisposable(() => this.decoder.cancel()));
    this.add(engine.onChange.on(() => this.#postEngine()));
    this.add(notices.onChange.on(() => this.#postNotices()));
    this.add(
      webview.onDidReceiveMessage(async (raw: unknown) => {
        const parsed = fromWebviewSchema.safeParse(raw);
        if (!parsed.success) {
          log.log('warn', 'a message of the webview was refused');
          return;
        }
        try {
          if (parsed.data.type === 'ready') {
            this.decoder.cancel(); // what an earlier page was asked for
            this.#postInit();
            await onReady();
          } else if (!this.decoder.receive(parsed.data)) {
            await onMessage(parsed.data);
          }
        } catch (error) {
          log.log('error', `message ${parsed.data.type} failed`, { ...encodeError(error) });
        }
      }),
    );
  }

  post(message: ToWebview): void {
    if (message.type === 'sample' || message.type === 'brokenRow') {
      this.decoder.cancel(message.type === 'sample' ? message.sample.key : undefined);
    }
    // a hidden or closed webview drops messages; it asks for everything when it is shown again
    void this.webview.postMessage(message);
  }

  toUri(file: string): string {
    return this.webview.asWebviewUri(vscode.Uri.file(file)).toString();
  }

  #postInit(): void {
    this.post({
      type: 'init',
      surface: this.name,
      keys: plainKeys(),
      language: vscode.env.language,
      strings: translations(),
    });
    this.#postEngine();
    this.#postNotices();
  }

  #postEngine(): void {
    this.post({ type: 'engine', engine: this.services.engine.view() });
  }

  #postNotices(): void {
    this.post({ type: 'notices', notices: this.services.notices.list() });
  }
}

/** The loaded language bundle, by English text; empty for English. */
function translations(): Record<string, string> {
  return vscode.l10n.bundle ?? {};
}
