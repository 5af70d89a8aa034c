// Review editors of the window: a read-only custom editor, because the dataset is never changed.

import * as vscode from 'vscode';
import { CANDIDATE_SUFFIX, OTHER_VIEW_TYPE, VIEW_TYPE } from '../ids';
import type { Services } from '../services';
import { ReviewEditor } from './reviewEditor';

export class ReviewEditorProvider implements vscode.CustomReadonlyEditorProvider {
  readonly #editors = new Set<ReviewEditor>();
  /** lines to show in editors that are about to open, by path */
  readonly #wanted = new Map<string, number>();

  constructor(readonly services: Services) {}

  register(): vscode.Disposable {
    const options = { supportsMultipleEditorsPerDocument: true };
    return vscode.Disposable.from(
      ...[VIEW_TYPE, OTHER_VIEW_TYPE].map((type) =>
        vscode.window.registerCustomEditorProvider(type, this, options),
      ),
    );
  }

  /** Opens a dataset, at a line if given. */
  async show(file: string, line?: number): Promise<void> {
    // VS Code opens it in the active group, and another one there if it has none
    const group = vscode.window.tabGroups.activeTabGroup.viewColumn;
    const open = [...this.#editors].find(
      (editor) => editor.file === file && editor.panel.viewColumn === group,
    );
    if (line !== undefined && open === undefined) {
      this.#wanted.set(file, line);
    }
    // one that is not contributed for the file would have its id for a title
    const viewType = file.endsWith(CANDIDATE_SUFFIX) ? VIEW_TYPE : OTHER_VIEW_TYPE;
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), viewType);
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
    const editor = new ReviewEditor(this.services, panel, file);
    this.#editors.add(editor);
    panel.onDidDispose(() => {
      this.#editors.delete(editor);
      editor.dispose();
    });
    await editor.open(line);
  }
}
