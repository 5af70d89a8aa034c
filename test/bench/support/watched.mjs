// Runs our command line and watches how much memory it and its engine take.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { NODE, ROOT } from '../../harness/setup.mjs';

const POLL_MS = 50;

/**
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ ms: number, peakMb: number, swapMb: number, stdout: string }>} the peak is that
 *   of the largest process; `swapMb` the most that was swapped out
 */
export async function runWatched(args, env = {}) {
  const start = performance.now();
  const child = spawn(NODE, [path.join(ROOT, 'dist/cli.js'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (bytes) => (stdout += bytes));
  let [peakKb, swapKb] = [0, 0];
  const timer = setInterval(() => {
    for (const pid of family(child.pid)) {
      const status = read(`/proc/${pid}/status`);
      peakKb = Math.max(peakKb, field(status, 'VmHWM'));
      swapKb = Math.max(swapKb, field(status, 'VmSwap'));
    }
  }, POLL_MS);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (code !== 0) {
    throw new Error(`rewardlens ${args.join(' ')} ended with ${code}`);
  }
  return {
    ms: performance.now() - start,
    peakMb: Math.round(peakKb / 1000),
    swapMb: Math.round(swapKb / 1000),
    stdout,
  };
}

function family(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim();
  return [pid, ...children.split(' ').filter(Boolean).flatMap(family)];
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

function field(status, name) {
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
}
