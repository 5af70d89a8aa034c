// The picture or video that the side panel follows: that of the active tab, unless it is pinned.

import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable';
import { Emitter } from '../../base/emitter';
import { CONTEXT_PINNED, MEDIA_NAME } from '../ids';

/** A click in the Explorer previews: wait until the person has settled. */
const FOLLOW_DELAY_MS = 150;

export class FollowedFile implements vscode.Disposable {
  /** another file is followed */
  readonly onChange = new Emitter<void>();
  readonly #store = new DisposableStore();
  #path: string | undefined;
  #pinned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#store.add(vscode.window.tabGroups.onDidChangeTabs(() => this.#lookSoon()));
    this.#store.add(vscode.window.tabGroups.onDidChangeTabGroups(() => this.#lookSoon()));
  }

  /** `undefined` before there was one. */
  get path(): string | undefined {
    this.#path ??= activeMedia();
    return this.#path;
  }

  /** Follows a file whatever the active tab is, until another one becomes active. */
  follow(file: string): void {
    this.#path = file;
  }

  /** Stays on the file, or follows the active tab again. */
  async setPinned(pinned: boolean): Promise<void> {
    this.#pinned = pinned;
    await vscode.commands.executeCommand('setContext', CONTEXT_PINNED, pinned);
    this.#lookSoon();
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const file = activeMedia();
      if (!this.#pinned && file !== undefined && file !== this.#path) {
        this.#path = file;
        this.onChange.fire();
      }
    }, FOLLOW_DELAY_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#store.dispose();
    this.onChange.dispose();
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
