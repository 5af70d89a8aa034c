// Watching one file, whatever its name.

import path from 'node:path';
import * as vscode from 'vscode';

/** A pattern that matches this file and no other: characters that mean something stand for themselves. */
export function filePattern(file: string): vscode.RelativePattern {
  const folder = vscode.Uri.file(path.dirname(file));
  return new vscode.RelativePattern(folder, literalGlob(path.basename(file)));
}

/** VS Code's patterns know no escape but a class of one character. */
export function literalGlob(name: string): string {
  return name.replace(/[[*?{}]/g, '[$&]');
}
