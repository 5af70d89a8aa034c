// A VS Code server on 127.0.0.1 and the Chromium that shows it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { NODE, SERVER_ENTRY } from './setup.mjs';

/** User settings that keep the window to the extension under test. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.tips.enabled': false,
  'window.menuBarVisibility': 'compact',
  'git.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'window.autoDetectHighContrast': false,
  'files.simpleDialog.enable': true,
};

export const THEMES = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  hc: 'Default High Contrast',
  hcLight: 'Default High Contrast Light',
};

/** Chromium must not look for the outside world. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
];

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * A temporary home for one server: user data, extensions, settings.
 * @param {Record<string, unknown>} [settings]
 */
export function makeHome(settings = {}) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-vscode-'));
  for (const folder of ['xdg', 'data/User', 'data/Machine', 'extensions']) {
    fs.mkdirSync(path.join(home, folder), { recursive: true });
  }
  writeSettings(home, settings);
  return home;
}

/**
 * @param {string} home
 * @param {Record<string, unknown>} settings
 */
export function writeSettings(home, settings) {
  const file = path.join(home, 'data/User/settings.json');
  fs.writeFileSync(
    file,
    JSON.stringify({ 'workbench.colorTheme': THEMES.dark, ...QUIET, ...settings }),
  );
}

function environment(home, extra) {
  const xdg = path.join(home, 'xdg');
  return {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: xdg,
    XDG_DATA_HOME: xdg,
    XDG_CACHE_HOME: xdg,
    ...extra,
  };
}

const folders = (home) => [
  '--user-data-dir',
  path.join(home, 'data'),
  '--extensions-dir',
  path.join(home, 'extensions'),
];

/**
 * Runs the server's command line, for instance to install an extension.
 * @param {string} home
 * @param {readonly string[]} args
 */
export function serverCommand(home, args) {
  return spawnSync(NODE, [SERVER_ENTRY, ...folders(home), ...args], {
    env: environment(home, {}),
    encoding: 'utf8',
  });
}

/**
 * Starts a server and waits until it answers.
 * @param {string} home made by {@link makeHome}
 * @param {{ env?: Record<string, string>, trust?: boolean, port?: number }} [options]
 *   `trust`: workspace trust is on, so that folders start restricted
 */
export async function startServer(home, { env = {}, trust = false, port } = {}) {
  const at = port ?? (await freePort());
  const log = path.join(home, 'server.log');
  const output = fs.openSync(log, 'a');
  const child = spawn(
    NODE,
    [
      SERVER_ENTRY,
      '--auth',
      'none',
      '--bind-addr',
      `127.0.0.1:${at}`,
      '--disable-telemetry',
      '--disable-update-check',
      ...(trust ? [] : ['--disable-workspace-trust']),
      '--disable-getting-started-override',
      '--disable-proxy',
      ...folders(home),
      '--ignore-last-opened',
      '--vscode-option',
      'enable-smoke-test-driver',
    ],
    { env: environment(home, env), stdio: ['ignore', output, output], detached: true },
  );
  fs.closeSync(output);
  const base = `http://127.0.0.1:${at}/`;
  for (let tries = 0; ; tries += 1) {
    const ok = await fetch(`${base}healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) {
      break;
    }
    if (child.exitCode !== null || tries > 300) {
      throw new Error(`the VS Code server did not start:\n${fs.readFileSync(log, 'utf8')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { base, pid: child.pid, log, stop: () => stopGroup(child) };
}

/** Ends a process and its children; they share a process group. */
function stopGroup(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const signal = (name) => {
      try {
        process.kill(-child.pid, name);
      } catch {
        // it has ended already
      }
    };
    const force = setTimeout(() => signal('SIGKILL'), 5000);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    signal('SIGTERM');
  });
}

/**
 * The address of a window.
 * @param {string} base
 * @param {{ folder: string, extension?: string, tests?: string, openFile?: string, more?: string[] }} what
 */
export function windowUrl(base, { folder, extension, tests, openFile, more = [] }) {
  const url = new URL(base);
  const remote = (file) => `vscode-remote://${url.host}${file}`;
  const payload = [
    ...[extension, ...more]
      .filter(Boolean)
      .map((file) => ['extensionDevelopmentPath', remote(file)]),
    ...(tests === undefined ? [] : [['extensionTestsPath', remote(tests)]]),
    ...(openFile === undefined ? [] : [['openFile', remote(openFile)]]),
  ];
  url.searchParams.set('folder', folder);
  if (payload.length > 0) {
    url.searchParams.set('payload', JSON.stringify(payload));
  }
  return url.toString();
}
