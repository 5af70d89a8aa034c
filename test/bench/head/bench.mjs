// What a head learns from 500 pairs of a person who prefers the shorter of two answers, on the demo
// model's world: held-out agreement of the published and of the fitted head, by `rewardlens head fit`.
// Samples are drawn anew by training/demo/samples.py: Python with numpy and pillow (REWARDLENS_PYTHON).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NODE, ROOT } from '../../harness/setup.mjs';

const TYPES = ['colour', 'shape', 'count', 'size', 'where', 'relation', 'describe'];
const PAIRS = 500;
const SEED = 20261129;
/** Weak and strong pulls towards the published head, and none of the person's own taste. */
const PULLS = [0.01, 0.1, 1];

export async function bench() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-head-'));
  try {
    const samples = draw(folder);
    const short = judge(samples, folder, 'short', shorter);
    const right = judge(samples, folder, 'right', trueOne);
    return {
      rows: [
        ...PULLS.map((l2) => row('prefers the shorter answer', short, folder, l2)),
        // nothing to learn: the published head was trained for this
        row('prefers the right answer', right, folder, 0.1),
      ],
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The first fit computes the features, the later ones find them. */
function run(command, args, folder) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, REWARDLENS_MODEL: '', REWARDLENS_CACHE: path.join(folder, 'cache') },
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  }
  return stdout;
}

function draw(folder) {
  const python = process.env.REWARDLENS_PYTHON ?? 'python3';
  const script = path.join(ROOT, 'training/demo/samples.py');
  const count = String(PAIRS + 200); // some answers are as long as each other
  const options = ['--seed', String(SEED), '--count', count, '--types', TYPES.join(',')];
  run(python, [script, ...options, '--out', folder], folder);
  const lines = (name) =>
    fs
      .readFileSync(path.join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const facts = lines('facts.jsonl');
  return lines('samples.candidates.jsonl').map((row, n) => ({ row, facts: facts[n] }));
}

/** Index of the preferred answer of two, or `undefined` where the person has no preference. */
function shorter([first, second]) {
  const difference = first.text.length - second.text.length;
  return difference === 0 ? undefined : difference < 0 ? 0 : 1;
}

function trueOne([first, second]) {
  return first.quality === second.quality ? undefined : first.quality === 'right' ? 0 : 1;
}

/** A dataset of one pair per sample, and the journal of a person who judges them. */
function judge(samples, folder, name, prefer) {
  const random = seeded(SEED);
  const rows = [];
  const verdicts = [];
  for (const { row, facts } of samples) {
    const answers = row.candidates.map((text, n) => ({ text, ...facts.candidates[n] }));
    const pair = shuffled(answers, random).slice(0, 2);
    const best = prefer(pair);
    if (best === undefined || pair[0].text === pair[1].text || rows.length === PAIRS) {
      continue;
    }
    rows.push({ ...row, candidates: pair.map(({ text }) => text) });
    verdicts.push(verdict(rows.at(-1), rows.length, [[best], [1 - best]]));
  }
  const file = path.join(folder, `${name}.candidates.jsonl`);
  write(file, rows);
  write(`${file}.review.jsonl`, verdicts);
  return file;
}

function verdict(row, line, ranks) {
  // canonical JSON: keys in their order
  const content = JSON.stringify({
    candidates: row.candidates,
    images: row.images ?? [],
    messages: [{ content: row.prompt, role: 'user' }],
    videos: [],
  });
  const sampleHash = createHash('sha256').update(content).digest('hex');
  const head = { v: 1, uid: `v${line}`, at: '2026-11-25T08:00:00Z', by: 'bench', id: row.id, line };
  const how = { accepted: false, blind: true, shown: [0, 1], ms: 1000 };
  return { ...head, sampleHash, kind: 'rank', ranks, unranked: [], ...how };
}

function write(file, rows) {
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

function row(person, file, folder, l2) {
  const out = path.join(folder, 'head.json');
  const start = performance.now();
  const args = ['head', 'fit', file, '--out', out, '--l2', String(l2), '--device', 'cpu'];
  run(NODE, [path.join(ROOT, 'dist/cli.js'), ...args], folder);
  const seconds = (performance.now() - start) / 1000;
  const { heldOut } = JSON.parse(fs.readFileSync(out, 'utf8'));
  const { low, high } = heldOut.accuracyInterval;
  return {
    person,
    l2,
    pairs: heldOut.pairs,
    published: percent(heldOut.publishedAccuracy),
    fitted: percent(heldOut.fittedAccuracy),
    gainPoints: percent(heldOut.accuracyGain),
    interval: `${percent(low)} to ${percent(high)}`,
    seconds: Number(seconds.toFixed(1)),
  };
}

function percent(share) {
  return Number((100 * share).toFixed(1));
}

function shuffled(items, random) {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** mulberry32 */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
