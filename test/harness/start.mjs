// `npm start`: from a fresh clone to the review screen. `--screenshot DIR` saves pictures instead.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openDesktop, scoreSamples } from './demo.mjs';
import * as setup from './setup.mjs';

const { values } = parseArgs({ options: { screenshot: { type: 'string' } } });

/** A copy of the samples: verdicts are written beside the dataset, not into the repository. */
function makeWorkspace() {
  const workspace = path.join(setup.ROOT, '.vscode-test/workspace');
  fs.cpSync(path.join(setup.ROOT, 'media/samples'), workspace, { recursive: true });
  return workspace;
}

/** @returns {string[]} */
function datasetsIn(workspace) {
  return fs
    .readdirSync(workspace)
    .filter((name) => name.endsWith('.candidates.jsonl'))
    .map((name) => path.join(workspace, name));
}

async function openServer(workspace, dataset) {
  setup.ensureServer();
  const server = await import('./vscodeServer.mjs');
  const home = path.join(setup.ROOT, '.vscode-test/home');
  fs.rmSync(home, { recursive: true, force: true });
  fs.cpSync(server.makeHome(), home, { recursive: true });
  const running = await server.startServer(home);
  const url = server.windowUrl(running.base, {
    folder: workspace,
    extension: setup.stageExtension(),
    openFile: dataset,
  });
  console.log(`\nVS Code runs in the browser. Open\n\n  ${url}\n\nCtrl+C ends it.`);
  const end = async () => {
    await running.stop();
    process.exit(0);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

async function main() {
  setup.ensureDependencies();
  if (!setup.onPinnedNode(import.meta.filename)) {
    return;
  }
  const missing = setup.ensureFfmpeg();
  if (missing !== undefined) {
    console.log(`${missing} The sample video is not scored without them.`);
  }
  setup.ensureBuild();
  const workspace = makeWorkspace();
  console.log('\nScoring the samples:');
  const cli = path.join(setup.ROOT, 'dist/cli.js');
  const failure = scoreSamples(cli, datasetsIn(workspace), missing === undefined);
  if (failure !== undefined) {
    console.error(failure);
    process.exitCode = 1;
    return;
  }
  const dataset = path.join(workspace, 'shapes.candidates.jsonl');
  if (values.screenshot !== undefined) {
    setup.ensureServer();
    const chromium = setup.ensureChromium();
    const { takeScreenshots } = await import('./screenshots.mjs');
    await takeScreenshots(path.resolve(values.screenshot), workspace, chromium);
  } else if (openDesktop([`--extensionDevelopmentPath=${setup.ROOT}`, workspace, dataset])) {
    console.log('VS Code opens with the review screen.');
  } else {
    await openServer(workspace, dataset);
  }
}

await main();
