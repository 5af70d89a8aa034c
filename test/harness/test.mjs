// `npm test`: everything, from a fresh clone. Prints what passed and failed; exit code 1 if any failed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import * as setup from './setup.mjs';

const RESULTS = path.join(setup.ROOT, 'test-results');

/** Runs a tool of the project. @returns whether it succeeded */
function tool(name, ...args) {
  const bin = path.join(setup.ROOT, 'node_modules/.bin', name);
  console.log(`\n> ${name} ${args.join(' ')}`);
  return spawnSync(bin, args, { cwd: setup.ROOT, stdio: 'inherit' }).status === 0;
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

const STEPS = {
  types: () => single(['src', 'webview', 'test'].every((folder) => tool('tsc', '-p', folder))),
  lint: () => single(tool('eslint', '.', '--max-warnings', '0')),
  format: () => single(tool('prettier', '--check', '.', '--log-level', 'warn')),
  unit: () => {
    const ok = tool(
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${path.join(RESULTS, 'unit.json')}`,
    );
    const found = readResults('unit.json');
    return suite(ok, found && { passed: found.numPassedTests, failed: found.numFailedTests });
  },
  integration: () => {
    const ok = tool('node', path.join(import.meta.dirname, 'integration.mjs'));
    return suite(ok, readResults('integration.json'));
  },
  ui: () => {
    const ok = tool('playwright', 'test', '-c', 'test/ui/playwright.config.ts');
    const stats = readResults('ui.json')?.stats;
    if (stats?.flaky > 0) {
      console.log(`${stats.flaky} UI tests passed at the second try only`);
    }
    return suite(ok, stats && { passed: stats.expected + stats.flaky, failed: stats.unexpected });
  },
};

function main() {
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
  const total = { passed: 0, failed: 0 };
  for (const [name, step] of Object.entries(STEPS)) {
    if (wanted.length > 0 && !wanted.includes(name)) {
      continue;
    }
    const start = Date.now();
    const { passed, failed } = step();
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(`\n[${name}] ${passed} passed, ${failed} failed (${seconds} s)`);
    total.passed += passed;
    total.failed += failed;
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

main();
