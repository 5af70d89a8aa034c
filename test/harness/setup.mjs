// Sets up what a fresh clone lacks: dependencies, the build, a VS Code server, Chromium.
// Runs on any Node from 20 on and needs no dependency itself.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const NODE = path.join(ROOT, 'node_modules/.bin/node');

/** The VS Code server that stands in for desktop VS Code where that can't be downloaded. */
const CODE_SERVER = '4.139.1';
const SERVER_HOME = path.join(ROOT, '.vscode-test', `code-server-${CODE_SERVER}`);
export const SERVER_ENTRY = path.join(SERVER_HOME, 'node_modules/code-server/out/node/entry.js');
/** Written last, so that an interrupted installation is done again. */
const SERVER_READY = path.join(SERVER_HOME, 'ready');

function say(text) {
  console.error(`[setup] ${text}`);
}

/** Runs a program and throws when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    ...options,
  });
  if (status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} failed (${error?.message ?? `exit code ${status}`})`,
    );
  }
}

/** Installs dependencies when they are missing or the lock file is newer than they are. */
export function ensureDependencies() {
  const lock = path.join(ROOT, 'package-lock.json');
  const installed = path.join(ROOT, 'node_modules/.package-lock.json');
  const upToDate =
    fs.existsSync(installed) &&
    fs.existsSync(NODE) &&
    fs.statSync(installed).mtimeMs >= fs.statSync(lock).mtimeMs;
  if (!upToDate) {
    say('installing dependencies');
    run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
    fs.utimesSync(installed, new Date(), new Date());
  }
}

/** Runs this script again on the Node that the project pins, unless it is that one. */
export function onPinnedNode(script) {
  if (process.execPath === fs.realpathSync(NODE)) {
    return true;
  }
  const bin = path.join(ROOT, 'node_modules/.bin');
  const PATH = `${path.join(ROOT, 'node_modules/node/bin')}${path.delimiter}${bin}${path.delimiter}${process.env.PATH}`;
  const { status } = spawnSync(NODE, [script, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PATH },
  });
  process.exitCode = status ?? 1;
  return false;
}

export function ensureBuild() {
  say('building');
  run(NODE, ['esbuild.config.mjs']);
}

function isRoot() {
  return process.getuid?.() === 0;
}

function which(name) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    if (folder !== '' && fs.existsSync(file)) {
      return file;
    }
  }
  return undefined;
}

/** Installs Debian packages when that is possible; the caller checks what came of it. */
function aptInstall(...packages) {
  if (!isRoot() || which('apt-get') === undefined) {
    return;
  }
  say(`installing ${packages.join(', ')}`);
  const options = ['-o', 'DPkg::Lock::Timeout=400'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', [...options, 'update', '-qq'], { stdio: ['ignore', 2, 2], env });
  spawnSync(
    'apt-get',
    [...options, 'install', '-y', '-qq', '--no-install-recommends', ...packages],
    { stdio: ['ignore', 2, 2], env },
  );
}

/** The path of a Chromium to drive. */
export function ensureChromium() {
  const find = () =>
    process.env.CHROMIUM ??
    which('chromium') ??
    which('chromium-browser') ??
    which('google-chrome');
  if (find() === undefined) {
    // libvulkan1: with Chromium's software GPU it tests WebGPU
    aptInstall('chromium', 'fonts-dejavu-core', 'libvulkan1');
  }
  const found = find();
  if (found === undefined) {
    throw new Error(
      'Chromium is needed and was not found. Install it (Debian: apt-get install chromium), ' +
        'or name one with the environment variable CHROMIUM.',
    );
  }
  return found;
}

/** Sees to ffmpeg, which reads videos. @returns what is missing, or `undefined` */
export function ensureFfmpeg() {
  const isThere = () => ['ffmpeg', 'ffprobe'].every((name) => which(name) !== undefined);
  if (!isThere()) {
    aptInstall('ffmpeg');
  }
  return isThere()
    ? undefined
    : 'ffmpeg and ffprobe are needed on PATH to read videos and were not found. Install them ' +
        '(Debian: apt-get install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg).';
}

/** Installs the VS Code server from npm: 600 MB, half a minute. */
export function ensureServer() {
  if (fs.existsSync(SERVER_READY)) {
    return;
  }
  say('installing a VS Code server into .vscode-test/');
  fs.rmSync(SERVER_HOME, { recursive: true, force: true });
  fs.mkdirSync(SERVER_HOME, { recursive: true });
  fs.writeFileSync(path.join(SERVER_HOME, 'package.json'), '{"private":true}\n');
  const install = (folder, ...what) =>
    run(
      'npm',
      ['install', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error', ...what],
      {
        cwd: folder,
      },
    );
  const code = path.join(SERVER_HOME, 'node_modules/code-server/lib/vscode');
  install(SERVER_HOME, `code-server@${CODE_SERVER}`);
  install(code, '--omit=dev');
  install(path.join(code, 'extensions'), '--omit=dev');
  buildNativeParts(code);
  fs.writeFileSync(SERVER_READY, '');
}

/** Log files and file watching need a compiler; the rest works without. */
function buildNativeParts(code) {
  const parts = ['@vscode/spdlog', '@parcel/watcher'];
  // npm 11 runs install scripts of named packages only
  const manifest = path.join(code, 'package.json');
  const content = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  content.allowScripts = Object.fromEntries(parts.map((part) => [part, true]));
  fs.writeFileSync(manifest, JSON.stringify(content, null, 2));
  const { status } = spawnSync('npm', ['rebuild', ...parts, '--loglevel=error'], {
    cwd: code,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    say('file watching is not available: its native part could not be built');
  }
}

/**
 * The built extension in a folder of its own. (The repository itself would not do: it holds the VS
 * Code server, whose themes VS Code would take for those of the extension under development.)
 */
export function stageExtension() {
  const stage = path.join(ROOT, '.vscode-test/extension');
  fs.rmSync(stage, { recursive: true, force: true });
  fs.mkdirSync(stage, { recursive: true });
  for (const name of ['package.json', 'package.nls.json', 'dist', 'media', 'l10n']) {
    fs.cpSync(path.join(ROOT, name), path.join(stage, name), { recursive: true });
  }
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(stage, 'node_modules'));
  return stage;
}
