// Watches the pictures and videos that views show: what is known of the old ones is void.

import path from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { isAddress } from '../node/folder';
import { filesOfName } from '../sample/frameList';
import type { RevisedSample } from '../sample/revision';
import { mediaOf } from '../sample/sample';

/** A file that is written is told of several times. */
const SETTLE_MS = 200;

interface Watch {
  readonly files: readonly string[];
  revised: RevisedSample;
  readonly watching: Disposable;
}

export class ShownMedia implements Disposable {
  /** a sample that is shown, of which a file was written */
  readonly onChange = new Emitter<RevisedSample>();
  readonly #shown = new Map<object, Watch>();

  /** @param viewer whoever shows it @param root of the sample's media */
  show(viewer: object, revised: RevisedSample, root: string): void {
    const names = mediaOf(revised.file)
      .flatMap(filesOfName)
      .filter((name) => !isAddress(name));
    const files = names.map((name) => path.resolve(root, name));
    const before = this.#shown.get(viewer);
    if (before?.files.join('\n') === files.join('\n')) {
      before.revised = revised;
      return;
    }
    this.forget(viewer);
    if (files.length > 0) {
      this.#shown.set(viewer, { files, revised, watching: this.#watch(viewer, files) });
    }
  }

  #watch(viewer: object, files: readonly string[]): Disposable {
    let timer: NodeJS.Timeout | undefined;
    const changed = ({ fsPath }: vscode.Uri): void => {
      if (files.includes(fsPath)) {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const watch = this.#shown.get(viewer);
          if (watch !== undefined) {
            this.onChange.fire(watch.revised);
          }
        }, SETTLE_MS);
      }
    };
    // a file's name may hold what means something else in a pattern
    const folders = new Set(files.map((file) => path.dirname(file)));
    const watchers = [...folders].flatMap((folder) => {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '*');
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      return [
        watcher,
        watcher.onDidChange(changed),
        watcher.onDidCreate(changed),
        watcher.onDidDelete(changed),
      ];
    });
    return vscode.Disposable.from(...watchers, new vscode.Disposable(() => clearTimeout(timer)));
  }

  forget(viewer: object): void {
    this.#shown.get(viewer)?.watching.dispose();
    this.#shown.delete(viewer);
  }

  dispose(): void {
    for (const viewer of [...this.#shown.keys()]) {
      this.forget(viewer);
    }
    this.onChange.dispose();
  }
}
