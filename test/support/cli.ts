// The command as a user runs it: files in, lines and exit codes out.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { CLI, ENGINE, FIXTURES, tempFolder, TINY_MODEL } from './paths';

// every run starts two processes, and on a busy machine each of them may take seconds
vi.setConfig({ testTimeout: 300_000 });

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function run(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    env: { ...process.env, REWARDLENS_MODEL: TINY_MODEL },
  });
  return { code: status, out: stdout, err: stderr };
}

/** Runs a line of a shell in which `rewardlens` is the command. */
export function runShell(line: string): Outcome {
  const script = `rewardlens() { "$NODE" "$CLI" "$@"; }\n${line}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, REWARDLENS_MODEL: TINY_MODEL, NODE: process.execPath, CLI },
  });
  return { code: status, out: stdout, err: stderr };
}

export function rowsOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export const GOOD = {
  id: 'good',
  prompt: 'What is two plus two?',
  candidates: ['Four.', 'Five.'],
};

/** A dataset in a folder of its own, pictures beside it in `img/`. */
export function writeRows(rows: readonly (object | string)[]): string {
  const folder = tempFolder();
  fs.cpSync(path.join(FIXTURES, 'images'), path.join(folder, 'img'), { recursive: true });
  const file = path.join(folder, 'x.candidates.jsonl');
  fs.writeFileSync(
    file,
    rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''),
  );
  return file;
}

/** How long anything that a test waits for may take. */
const DEADLINE_MS = 240_000;

/** Waits for something that is certain to happen. @throws when it does not */
export async function until(what: string, happened: () => boolean): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (!happened()) {
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${DEADLINE_MS} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A run that has come to a request which its engine keeps. */
export interface HeldRun {
  /** of the engine */
  readonly enginePid: number;
  readonly interrupt: () => void;
  readonly ended: Promise<Outcome>;
}

/**
 * Runs the command until its engine is asked for `request`: the first engine takes that request only
 * when it is cancelled, so that what happens to the run does not depend on how fast the machine is.
 * @param request method of the request, and the id of its sample where it has one
 */
export async function runHeld(
  request: { readonly method: string; readonly sample?: string },
  ...args: string[]
): Promise<HeldRun> {
  const folder = tempFolder();
  const held = path.join(folder, 'held');
  fs.copyFileSync(CLI, path.join(folder, 'cli.js'));
  fs.writeFileSync(
    path.join(folder, 'engine.js'),
    `const fs = require('node:fs');
const wanted = ${JSON.stringify(request)};
let kept;
const isWanted = ({ method, params }) =>
  !fs.existsSync(${JSON.stringify(held)}) &&
  method === wanted.method &&
  (wanted.sample === undefined || params.request.sample.id === wanted.sample);
const on = process.on.bind(process);
process.on = (event, listener) =>
  event !== 'message'
    ? on(event, listener)
    : on(event, (message) => {
        if (isWanted(message)) {
          kept = message;
          fs.writeFileSync(${JSON.stringify(`${held}.new`)}, String(process.pid));
          fs.renameSync(${JSON.stringify(`${held}.new`)}, ${JSON.stringify(held)});
          return;
        }
        if (message.method === '$/cancelRequest' && message.params.id === kept?.id) {
          listener(kept);
        }
        listener(message);
      });
require(${JSON.stringify(ENGINE)});
`,
  );
  const child = spawn(process.execPath, [path.join(folder, 'cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, REWARDLENS_MODEL: TINY_MODEL },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  await until(`the engine has ${request.method}`, () => {
    if (child.exitCode !== null) {
      throw new Error(`the command ended before it asked for ${request.method}: ${err}`);
    }
    return fs.existsSync(held);
  });
  return {
    enginePid: Number(fs.readFileSync(held, 'utf8')),
    interrupt: () => void child.kill('SIGINT'),
    ended,
  };
}
