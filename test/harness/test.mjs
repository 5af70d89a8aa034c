// `npm test`: everything, from a fresh clone. Prints what passed and failed; exit code 1 if any failed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as setup from './setup.mjs';

const RESULTS = path.join(setup.ROOT, 'test-results');

/**
 * Runs a tool of the project.
 * @param {number | 'inherit'} output where it prints: a file that is open, or here
 * @returns {Promise<boolean>} whether it succeeded
 */
function tool(output, name, ...args) {
  const bin = path.join(setup.ROOT, 'node_modules/.bin', name);
  const title = `\n> ${name} ${args.join(' ')}\n`;
  fs.writeSync(output === 'inherit' ? 1 : output, title);
  const child = spawn(bin, args, { cwd: setup.ROOT, stdio: ['ignore', output, output] });
  if (output !== 'inherit') {
    os.setPriority(child.pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });
}

function readResults(name) {
  const file = path.join(RESULTS, name);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
}

/** One check that passes or fails as a whole. */
const single = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });

/** A suite that ends without results, or badly without a failed test, counts as one failure. */
function suite(ok, counts) {
  return counts === undefined || (!ok && counts.failed === 0)
    ? { passed: counts?.passed ?? 0, failed: (counts?.failed ?? 0) + 1 }
    : counts;
}

async function types(output) {
  let ok = true;
  for (const folder of ['src', 'webview', 'test']) {
    ok = (await tool(output, 'tsc', '-p', folder)) && ok;
  }
  return single(ok);
}

async function unit(output) {
  const file = path.join(RESULTS, 'unit.json');
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const ok = await tool(output, 'vitest', 'run', ...reports);
  const found = readResults('unit.json');
  return suite(ok, found && { passed: found.numPassedTests, failed: found.numFailedTests });
}

async function integration(output) {
  const ok = await tool(output, 'node', path.join(import.meta.dirname, 'integration.mjs'));
  return suite(ok, readResults('integration.json'));
}

async function ui(output) {
  const ok = await tool(output, 'playwright', 'test', '-c', 'test/ui/playwright.config.ts');
  const stats = readResults('ui.json')?.stats;
  if (stats?.flaky > 0) {
    console.log(`${stats.flaky} UI tests passed at the second try only`);
  }
  return suite(ok, stats && { passed: stats.expected + stats.flaky, failed: stats.unexpected });
}

/** What needs a window, one step after the other. */
const WINDOWS = { integration, ui };
/** What needs none runs beside it at lower priority, on the time that windows leave. */
const BESIDE = {
  types,
  lint: async (output) => single(await tool(output, 'eslint', '.', '--max-warnings', '0')),
  format: async (output) =>
    single(await tool(output, 'prettier', '--check', '.', '--log-level', 'warn')),
  unit,
};

/**
 * Runs the wanted steps one after the other.
 * @param {boolean} isBeside what they print comes when they end, so that no lines mix
 */
async function lane(steps, wanted, isBeside) {
  const total = { passed: 0, failed: 0 };
  for (const [name, step] of Object.entries(steps)) {
    if (wanted.length > 0 && !wanted.includes(name)) {
      continue;
    }
    const start = Date.now();
    const log = path.join(RESULTS, `${name}.log`);
    const output = isBeside ? fs.openSync(log, 'w') : 'inherit';
    const { passed, failed } = await step(output);
    if (isBeside) {
      fs.closeSync(output);
      process.stdout.write(fs.readFileSync(log));
    }
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(`\n[${name}] ${passed} passed, ${failed} failed (${seconds} s)`);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

async function main() {
  setup.ensureDependencies();
  if (!setup.onPinnedNode(import.meta.filename)) {
    return;
  }
  setup.ensureChromium();
  const missing = setup.ensureFfmpeg();
  if (missing !== undefined) {
    throw new Error(missing);
  }
  setup.ensureServer();
  setup.ensureBuild();
  fs.rmSync(RESULTS, { recursive: true, force: true });
  fs.mkdirSync(RESULTS, { recursive: true });
  const wanted = process.argv.slice(2);
  const hasWindows =
    wanted.length === 0 || Object.keys(WINDOWS).some((name) => wanted.includes(name));
  const lanes = await Promise.all([lane(BESIDE, wanted, hasWindows), lane(WINDOWS, wanted, false)]);
  const sum = (key) => lanes.reduce((all, each) => all + each[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

await main();
