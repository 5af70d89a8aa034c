// Runs test/integration in a real VS Code: desktop where there is one, else our server stand-in.
import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { runTests } from '@vscode/test-electron';
import { ensureChromium, ensureServer, ROOT, stageExtension } from './setup.mjs';

const BUILT = path.join(ROOT, '.vscode-test/integration');

async function buildTests() {
  const folder = path.join(ROOT, 'test/integration');
  fs.rmSync(BUILT, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.join(folder, name)),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    outdir: BUILT,
    logLevel: 'warning',
  });
}

/** A workspace of its own: the tests write journals. */
function makeWorkspace() {
  const workspace = path.join(ROOT, '.vscode-test/integration-workspace');
  fs.rmSync(workspace, { recursive: true, force: true });
  fs.cpSync(path.join(ROOT, 'test/fixtures/samples'), workspace, { recursive: true });
  return workspace;
}

await buildTests();
const results = path.join(ROOT, 'test-results/integration.json');
fs.mkdirSync(path.dirname(results), { recursive: true });
fs.rmSync(results, { force: true });
let executable = process.env.VSCODE_TEST_EXECUTABLE;
if (executable === undefined) {
  ensureServer();
  ensureChromium();
  executable = path.join(ROOT, 'test/harness/vscodeShim.mjs');
}
try {
  await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: stageExtension(),
    extensionTestsPath: path.join(BUILT, 'index.js'),
    launchArgs: [makeWorkspace(), '--disable-extensions'],
    extensionTestsEnv: { REWARDLENS_TEST_RESULTS: results, REWARDLENS_TEST_ROOT: ROOT },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
