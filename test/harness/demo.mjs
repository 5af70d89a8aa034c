// What `npm start` shows: the samples scored, then VS Code on them.
import { spawn, spawnSync } from 'node:child_process';
import { NODE, ROOT } from './setup.mjs';

/** Exit code of `score` when some rows failed. */
const PARTLY = 3;

/**
 * Scores candidate files, a table on stdout.
 * @param {string} cli path of the built command
 * @param {readonly string[]} files
 * @param {boolean} hasFfmpeg without it rows with videos fail, which is no surprise then
 * @returns {string | undefined} what went wrong
 */
export function scoreSamples(cli, files, hasFfmpeg) {
  const { status, signal, error } = spawnSync(NODE, [cli, 'score', '--table', ...files], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0 || (status === PARTLY && !hasFfmpeg)) {
    return undefined;
  }
  const why = error?.message ?? (signal === null ? `exit code ${status}` : `signal ${signal}`);
  return `Scoring the samples failed (${why}).`;
}

/**
 * How to start desktop VS Code. On Windows its command is a script, which takes a shell, and a shell
 * takes paths with spaces apart unless they stand in quotes.
 * @param {readonly string[]} args
 */
export function codeCommand(args, platform = process.platform) {
  return platform === 'win32'
    ? { args: args.map((arg) => `"${arg}"`), options: { shell: true } }
    : { args, options: {} };
}

/**
 * Opens desktop VS Code, when there is one and a screen to show it on.
 * @param {readonly string[]} args
 * @returns whether it opens
 */
export function openDesktop(args) {
  const hasScreen =
    process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasScreen || spawnSync('code', ['--version'], codeCommand([]).options).status !== 0) {
    return false;
  }
  const command = codeCommand(args);
  spawn('code', command.args, { ...command.options, stdio: 'ignore', detached: true }).unref();
  return true;
}
