#!/usr/bin/env node
// Looks like the desktop `code` executable to @vscode/test-electron, but runs the tests in the VS
// Code server with headless Chromium. Exit code: that of the test runner inside VS Code.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import util from 'node:util';
import { chromium } from '@playwright/test';
import { ensureChromium } from './setup.mjs';
import { CHROMIUM_FLAGS, makeHome, startServer, windowUrl } from './vscodeServer.mjs';

const TIMEOUT_MS = 240_000;

const args = process.argv.slice(2);
const valueOf = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const toPath = (text) => (text.startsWith('file://') ? fileURLToPath(text) : path.resolve(text));

const folder = args.find((arg) => !arg.startsWith('-'));
const extension = toPath(valueOf('extensionDevelopmentPath'));
const tests = toPath(valueOf('extensionTestsPath'));

const home = makeHome();
const server = await startServer(home);
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: CHROMIUM_FLAGS,
});
let code = 1;
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const finished = new Promise((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
  });
  await page.exposeFunction('codeAutomationLog', (type, parts) => {
    const line = util.format(...parts);
    // lines of the test runner are marked, because the workbench logs through here, too
    const at = line.indexOf('[mocha] ');
    if (at >= 0) {
      console.log(line.slice(at + 8));
    } else if (process.env.SHIM_VERBOSE) {
      console.error(type, line);
    }
  });
  await page.goto(windowUrl(server.base, { folder: path.resolve(folder), extension, tests }));
  const late = new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS, 'late'));
  const outcome = await Promise.race([finished, late]);
  if (outcome === 'late') {
    console.error('the tests inside VS Code did not end in time');
    console.error(fs.readFileSync(server.log, 'utf8').split('\n').slice(-20).join('\n'));
  } else {
    code = outcome;
  }
} finally {
  await browser.close();
  await server.stop();
  fs.rmSync(home, { recursive: true, force: true });
}
process.exit(code);
