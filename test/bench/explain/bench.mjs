// How well the checks of "Why this reward?" point at what the generator of the demo model's world
// knows: which questions need the picture, which sentence is false, where the shape stands. Samples
// are drawn anew by training/demo/samples.py: Python with numpy and pillow (REWARDLENS_PYTHON).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NODE, ROOT } from '../../harness/setup.mjs';
import { auc, boxesIn, overlaps, strongest } from './figures.mjs';

/** As `samples.py` writes them: a right answer, then the same with a false fact. */
const RIGHT = 0;
const WRONG = 1;
const LOOKING = ['colour', 'shape', 'count', 'size', 'exists', 'where', 'relation', 'describe'];
const ONE_SHAPE = ['colour', 'shape', 'size', 'where'];
const CURVES = 200;
const MAPS = 100;

export async function bench() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-explain-'));
  try {
    const rows = [...grounding(folder), ...sentences(folder), ...occlusion(folder)];
    return { rows };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
    env: { ...process.env, REWARDLENS_MODEL: '' },
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  }
  return stdout;
}

/** Samples of some types, one after the other, with the facts. */
function draw(folder, name, types, count, seed) {
  const out = path.join(folder, name);
  const python = process.env.REWARDLENS_PYTHON ?? 'python3';
  const script = path.join(ROOT, 'training/demo/samples.py');
  const options = ['--seed', String(seed), '--count', String(count), '--types', types.join(',')];
  run(python, [script, ...options, '--out', out]);
  return {
    file: path.join(out, 'samples.candidates.jsonl'),
    rows: readLines(path.join(out, 'samples.candidates.jsonl')),
    facts: readLines(path.join(out, 'facts.jsonl')),
  };
}

function readLines(file) {
  return parseLines(fs.readFileSync(file, 'utf8'));
}

function parseLines(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function writeLines(file, rows) {
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** Results of one check of one answer of each sample. */
function explain(file, check, candidate) {
  const args = ['explain', file, '--checks', check, '--candidate', String(candidate)];
  const out = run(NODE, [path.join(ROOT, 'dist/cli.js'), ...args, '--device', 'cpu']);
  return parseLines(out).map(({ result }) => result);
}

/** Questions that need no picture are asked beside one, too: beside that of the next sample. */
function grounding(folder) {
  const { file, rows, facts } = draw(folder, 'grounding', [...LOOKING, 'knowledge'], 450, 20261128);
  const withPicture = rows.map((row, n) => ({
    ...row,
    images: row.images ?? rows[(n + 1) % rows.length].images,
  }));
  writeLines(file, withPicture);
  const answers = [RIGHT, WRONG].map((candidate) => explain(file, 'grounding', candidate));
  const change = ({ own, without, other }, isSwapped) =>
    Math.abs((isSwapped ? other.reward : without.reward) - own.reward);
  const row = (whose, isSwapped, size) => {
    const of = (looks) => facts.flatMap((fact, n) => (fact.looks === looks ? [size(n)] : []));
    const [looking, knowing] = [of(true), of(false)];
    return {
      measure: `grounding: change ${isSwapped ? 'with another picture' : 'without the picture'}, ${whose}`,
      figure: 'AUC',
      value: round(auc(looking, knowing)),
      n: `${looking.length} + ${knowing.length}`,
    };
  };
  return [false, true].flatMap((isSwapped) => [
    row('right answers', isSwapped, (n) => change(answers[RIGHT][n], isSwapped)),
    row('wrong answers', isSwapped, (n) => change(answers[WRONG][n], isSwapped)),
    row('the larger of both', isSwapped, (n) =>
      Math.max(...answers.map((results) => change(results[n], isSwapped))),
    ),
  ]);
}

/** What a description says of the picture; anything else is an empty phrase. */
const CLAIM = / at the /;

/**
 * Descriptions with one false sentence that is not the first: the first has no step. Where only an
 * empty phrase stands before it, nothing was right yet, and nothing can fall: they are told apart.
 */
function sentences(folder) {
  const { file, rows, facts } = draw(folder, 'sentences', ['describe'], 900, 20261126);
  const planted = (n) => facts[n].candidates[WRONG].falseSentences[0];
  const isAfterClaim = (n) =>
    facts[n].candidates[WRONG].sentences.slice(0, planted(n)).some((said) => CLAIM.test(said));
  const later = rows.flatMap((_, n) => (planted(n) > 0 ? [n] : []));
  const every = later.slice(0, CURVES);
  const afterClaim = later.filter(isAfterClaim).slice(0, CURVES);
  const chosen = [...new Set([...every, ...afterClaim])];
  writeLines(
    file,
    chosen.map((n) => rows[n]),
  );
  const wrong = new Map(explain(file, 'sentences', WRONG).map((curve, n) => [chosen[n], curve]));
  const right = explain(file, 'sentences', RIGHT);
  const row = (measure, members, isHit) => ({
    measure: `sentences: ${measure}`,
    figure: 'share',
    value: round(members.filter(isHit).length / members.length),
    n: members.length,
  });
  const isFound = (n) => wrong.get(n).drop?.sentence === planted(n);
  return [
    row('biggest drop at the false one', every, isFound),
    row('the same, where something true was said before', afterClaim, isFound),
    row('the same, and marked', afterClaim, (n) => isFound(n) && wrong.get(n).drop.isMarked),
    row(
      'a drop is marked in an answer that is right',
      right,
      ({ drop }) => drop?.isMarked === true,
    ),
  ];
}

/** The part whose covering moves the reward most, against the box of the shape that is asked about. */
function occlusion(folder) {
  const { file, facts } = draw(folder, 'occlusion', ONE_SHAPE, MAPS, 20261127);
  return [RIGHT, WRONG].flatMap((candidate) => {
    const results = explain(file, 'occlusion', candidate);
    const boxes = results.map((_, n) => boxesIn(facts[n]));
    const hits = results.filter((map, n) => overlaps(map.regions[strongest(map)], boxes[n]));
    const chance = results.map(
      ({ regions }, n) =>
        regions.filter((region) => overlaps(region, boxes[n])).length / regions.length,
    );
    const name = candidate === RIGHT ? 'right' : 'wrong';
    const n = results.length;
    return [
      {
        measure: `occlusion: peak on the shape, ${name} answers`,
        figure: 'share',
        value: round(hits.length / n),
        n,
      },
      {
        measure: `occlusion: a part chosen at random, ${name} answers`,
        figure: 'share',
        value: round(chance.reduce((sum, share) => sum + share, 0) / n),
        n,
      },
    ];
  });
}

function round(value) {
  return Number(value.toFixed(3));
}
