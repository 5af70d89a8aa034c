// The packaged extension, installed as a user installs it.

import fs from 'node:fs';
import path from 'node:path';
import { buildPackage } from '../harness/package.mjs';
import { serverCommand } from '../harness/vscodeServer.mjs';
import { expect, rewardsByCommand, shown, test } from './vscode';

test('the VSIX holds what it needs, installs, scores and shows', async ({ workbench }) => {
  const vsix = buildPackage();
  expect(fs.statSync(vsix).size).toBeLessThan(48 * 1024 * 1024);

  const home = workbench.home();
  const installed = serverCommand(home, ['--install-extension', vsix]);
  expect(installed.status, installed.stderr).toBe(0);
  const [folder = ''] = fs
    .readdirSync(path.join(home, 'extensions'))
    .filter((name) => name.startsWith('rewardlens'));
  const files = fs
    .readdirSync(path.join(home, 'extensions', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('node_modules'));
  for (const part of [
    'dist/extension.js',
    'dist/engine.js',
    'media/demo-model/weights.safetensors',
  ]) {
    expect(files).toContain(part);
  }
  const strays = /\.map$|\.ts$|^(src|test|training|webview)\b|review\.jsonl/;
  expect(files.filter((name) => strays.test(name))).toEqual([]);

  const server = await workbench.server(home);
  const window = await workbench.window(server, home, workbench.workspace(), '');
  const frame = await window.review();
  const rewards = rewardsByCommand(window.path('everyday.candidates.jsonl')).get('market-18') ?? [];
  expect(rewards).toHaveLength(4);
  await expect(frame.locator('.card .val')).toHaveText(rewards.map(shown));
  expect(window.complaints).toEqual([]);
  await window.command('RewardLens: Open the Sample Dataset');
  await expect(frame.locator('.card')).toHaveCount(4);
});
