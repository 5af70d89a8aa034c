// How long the extension, built as users get it, takes to activate in a real VS Code: loading its
// bundle and `activate`. Each repeat is a new extension host, once its window has come to rest.
// The limit is 100 ms.
import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { runTests } from '@vscode/test-electron';
import {
  ensureChromium,
  ensureServer,
  NODE,
  ROOT,
  run,
  stageExtension,
} from '../../harness/setup.mjs';

const REPEATS = 7;
const LIMIT_MS = 100;

export async function bench() {
  ensureServer();
  ensureChromium();
  run(NODE, ['esbuild.config.mjs', '--production']);
  const probe = path.join(ROOT, '.vscode-test/bench-activation.js');
  await esbuild.build({
    entryPoints: [path.join(import.meta.dirname, 'probe.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    outfile: probe,
    logLevel: 'warning',
  });
  const result = path.join(ROOT, '.vscode-test/bench-activation.json');
  const times = [];
  for (let n = 0; n < REPEATS; n += 1) {
    await runTests({
      vscodeExecutablePath: path.join(ROOT, 'test/harness/vscodeShim.mjs'),
      extensionDevelopmentPath: stageExtension(),
      extensionTestsPath: probe,
      launchArgs: [path.join(ROOT, 'test/fixtures/samples')],
      extensionTestsEnv: { REWARDLENS_BENCH_RESULT: result },
    });
    times.push(JSON.parse(fs.readFileSync(result, 'utf8')).ms);
  }
  times.sort((a, b) => a - b);
  const [best, median, worst] = [times[0], times[REPEATS >> 1], times[REPEATS - 1]];
  const rows = [{ best, median, worst, limit: LIMIT_MS, holds: median < LIMIT_MS }];
  return { unit: 'ms', times, rows };
}
