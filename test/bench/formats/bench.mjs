// A dataset of 1 GB: a shard of pictures read beside `cat`, pairs exported from rewards and from verdicts beside `cat`, a JSON list read
// beside `jq -c .`, and a single line of that size; time as a ratio, and memory. GB changes the size.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NODE } from '../../harness/setup.mjs';
import { bundleTypeScript, loadTypeScript } from '../support/bundle.mjs';
import { runWatched } from '../support/watched.mjs';

const BYTES = Number(process.env.GB ?? 1) * 1e9;
const LIMIT_MB = 300;

export async function bench() {
  const script = path.join(import.meta.dirname, 'files.ts');
  const probe = await bundleTypeScript(script);
  const { writeLargeFiles, writeLargeShard } = await loadTypeScript(script);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-bench-'));
  try {
    const files = writeLargeFiles(folder, BYTES);
    const rows = [];
    const shard = path.join(folder, 'large.tar');
    await writeLargeShard(shard, BYTES);
    const shardCatMs = shell(`cat '${shard}' > /dev/null`);
    const members = importOf(probe, shard, { REWARDLENS_CACHE: path.join(folder, 'cache') });
    if (members.good === 0 || members.bad > 0) {
      throw new Error(`of a shard: ${JSON.stringify(members)}`);
    }
    rows.push(row('import of a shard', members.ms, shardCatMs, 'cat', members.peakMb));
    fs.rmSync(shard);
    for (const [name, args] of exportsOf(files)) {
      const out = path.join(folder, 'pairs.jsonl');
      const catMs = shell(`cat '${files.lines}' > '${out}'`);
      fs.rmSync(out);
      const { ms, peakMb } = await runWatched(['export', ...args, '--out', out]);
      rows.push(row(name, ms, catMs, 'cat', peakMb, fs.statSync(out).size));
      fs.rmSync(out);
    }
    const jqMs = shell(`jq -c . '${files.list}' > /dev/null`);
    const list = importOf(probe, files.list);
    if (list.good !== files.rows) {
      throw new Error(`${list.good} of ${files.rows} rows read`);
    }
    rows.push(row('import of a JSON list', list.ms, jqMs, 'jq -c .', list.peakMb));
    const line = importOf(probe, files.oneLine);
    if (line.good !== 2 || line.bad !== 1) {
      throw new Error(`of one long line: ${JSON.stringify(line)}`);
    }
    const lineCatMs = shell(`cat '${files.oneLine}' > /dev/null`);
    rows.push(row('one line of all of it', line.ms, lineCatMs, 'cat', line.peakMb));
    requireLimit(rows);
    return { rows, samples: files.rows, faults: line.faults };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function requireLimit(rows) {
  const over = rows.filter(({ holds }) => !holds);
  if (over.length > 0) {
    console.table(rows);
    throw new Error(`above ${LIMIT_MB} MB: ${over.map(({ name }) => name).join('; ')}`);
  }
}

function exportsOf({ lines, list, rewards }) {
  const scored = ['--from', 'rewards', '--rewards', rewards, '--format'];
  return [
    ['from rewards, rewardlens', [lines, ...scored, 'rewardlens']],
    ['from rewards, trl', [lines, ...scored, 'trl']],
    ['from rewards, trl, --dedupe', [lines, ...scored, 'trl', '--dedupe']],
    ['from verdicts, trl', [lines, '--format', 'trl']],
    ['from verdicts, trl, --dedupe', [lines, '--format', 'trl', '--dedupe']],
    ['JSON list, from rewards, trl', [list, ...scored, 'trl']],
  ];
}

function importOf(probe, file, env = {}) {
  const code = `require(${JSON.stringify(probe)}).importAll(${JSON.stringify(file)})`;
  return JSON.parse(
    execFileSync(NODE, ['-e', code], { encoding: 'utf8', env: { ...process.env, ...env } }),
  );
}

/** @returns how long it took, or `undefined` where the program is not there */
function shell(command) {
  const start = performance.now();
  const { status } = spawnSync('sh', ['-c', command], { stdio: 'ignore' });
  return status === 0 ? performance.now() - start : undefined;
}

function row(name, ms, theirMs, theirs, peakMb, outBytes) {
  return {
    name,
    s: Number((ms / 1000).toFixed(1)),
    'MB/s': Math.round(BYTES / 1000 / ms),
    than: theirs,
    'times its time': theirMs === undefined ? 'not there' : Number((ms / theirMs).toFixed(2)),
    'peak, MB': Math.round(peakMb),
    'limit, MB': LIMIT_MB,
    holds: peakMb <= LIMIT_MB,
    'written, MB': outBytes === undefined ? undefined : Math.round(outBytes / 1e6),
  };
}
