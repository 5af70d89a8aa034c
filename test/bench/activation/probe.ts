// Runs inside VS Code: measures one activation.

import fs from 'node:fs';
import * as vscode from 'vscode';

const REST_MS = 5000;

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('rewardlens.rewardlens');
  if (extension === undefined || extension.isActive) {
    throw new Error('the extension is missing, or active already');
  }
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const start = performance.now();
  await extension.activate();
  const ms = Math.round(10 * (performance.now() - start)) / 10;
  fs.writeFileSync(process.env.REWARDLENS_BENCH_RESULT ?? '', JSON.stringify({ ms }));
}
