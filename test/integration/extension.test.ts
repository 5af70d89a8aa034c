// The extension inside a real VS Code: activation, commands, editor, scoring without a window's help.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, SETTINGS, VIEW_TYPE } from '../../src/host/ids';

const ID = 'rewardlens.rewardlens';
const ROOT = process.env.REWARDLENS_TEST_ROOT ?? '';

function workspaceFile(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Processes of the engine that this extension host has started. */
function enginePids(): number[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((found) => Number(found?.[2]) === process.pid && found?.[3]?.includes('engine.js'))
    .map((found) => Number(found?.[1]));
}

async function until<T>(what: string, look: () => T | undefined, ms = 30_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = look();
    if (found !== undefined) {
      return found;
    }
    assert.ok(Date.now() < end, `waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function activeInput(): vscode.TabInputCustom | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input : undefined;
}

suite('extension', () => {
  test('activates without touching the model', async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension);
    await extension.activate();
    assert.equal(extension.isActive, true);
    assert.deepEqual(enginePids(), []);
  });

  test('registers every command of the manifest', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(COMMANDS).filter((id) => !known.has(id)),
      [],
    );
  });

  test('a candidate file opens in the review editor', async () => {
    const uri = workspaceFile('pilot.candidates.jsonl');
    await vscode.commands.executeCommand('vscode.open', uri);
    const input = await until('the custom editor', activeInput);
    assert.equal(input.viewType, VIEW_TYPE);
    assert.equal(input.uri.fsPath, uri.fsPath);
  });

  test('Open Response Review works from the text editor, too', async () => {
    const uri = workspaceFile('everyday.candidates.jsonl');
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand(COMMANDS.openReview);
    await until('the custom editor', () =>
      activeInput()?.uri.fsPath === uri.fsPath ? true : undefined,
    );
  });

  test('Score Candidates gives every reward that the command line gives', async () => {
    const uri = workspaceFile('everyday.candidates.jsonl');
    await vscode.commands.executeCommand(COMMANDS.scoreCandidates, uri);
    assert.equal(enginePids().length, 1);
    const { stdout, status } = spawnSync(
      path.join(ROOT, 'node_modules/.bin/node'),
      [path.join(ROOT, 'dist/cli.js'), 'score', uri.fsPath],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0);
    const byCommand = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { rewards: number[] }).rewards);
    // what the extension computed, as its cache holds it: exact, not as it is shown
    const known = cachedSamples();
    const inExtension = fs
      .readFileSync(uri.fsPath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => rewardsOf(JSON.parse(line) as Row, known));
    assert.ok(byCommand.flat().length > 40);
    assert.deepEqual(inExtension, byCommand);
  });

  test('a file that is no dataset opens with an explanation, not with an exception', async () => {
    const uri = workspaceFile('empty.candidates.jsonl');
    fs.writeFileSync(uri.fsPath, '');
    await vscode.commands.executeCommand(COMMANDS.openReview, uri);
    await until('the custom editor', () =>
      activeInput()?.uri.fsPath === uri.fsPath ? true : undefined,
    );
  });

  test('settings have their defaults', () => {
    const settings = vscode.workspace.getConfiguration('rewardlens');
    assert.equal(settings.get(SETTINGS.compat), 'safe');
    assert.equal(settings.get(SETTINGS.hdNum), 24);
  });
});

interface Row {
  readonly images?: readonly string[];
  readonly videos?: readonly string[];
  readonly candidates: readonly { readonly text: string }[];
}

/** A sample in the extension's cache file: rewards by the hash of the candidate's text. */
interface CachedSample {
  readonly media: readonly { readonly path: string }[];
  readonly candidates: Readonly<Record<string, { readonly reward: number }>>;
}

function cachedSamples(): readonly CachedSample[] {
  const storage = path.join(process.env.XDG_DATA_HOME ?? '', '../data/User/globalStorage', ID);
  const lines = fs.readFileSync(path.join(storage, 'rewards.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as CachedSample);
}

/** The rewards of a row in the order of its candidates. */
function rewardsOf(row: Row, known: readonly CachedSample[]): (number | undefined)[] {
  const media = [...(row.images ?? []), ...(row.videos ?? [])];
  const names = row.candidates.map(({ text }) => createHash('sha256').update(text).digest('hex'));
  const sample = known.find(
    (each) =>
      names.every((name) => each.candidates[name] !== undefined) &&
      each.media.map((medium) => medium.path).join() === media.join(),
  );
  return names.map((name) => sample?.candidates[name]?.reward);
}
