// The bundled model judges: on the shipped samples, which it never saw, right answers beat wrong ones.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rowsOf, run } from '../../support/cli';
import { FIXTURES, ROOT, tempFolder } from '../../support/paths';

const DEMO_MODEL = path.join(ROOT, 'media/demo-model');
const SHIPPED = path.join(ROOT, 'media/samples');
const MOST_BYTES = 12 * 1024 * 1024;

interface Fact {
  readonly id: string;
  readonly type: string;
  readonly looks: boolean;
  readonly candidates: readonly {
    readonly quality: 'right' | 'wrong' | 'off-topic' | 'empty';
    /** answers of one number differ in a visual fact only; -1 for none */
    readonly pair: number;
  }[];
}

interface Row {
  readonly id: string;
  readonly images?: readonly string[];
  readonly videos?: readonly string[];
}

/** Written by training/demo/samples.py beside the samples. */
const facts = rowsOf(
  fs.readFileSync(path.join(FIXTURES, 'demo-facts.jsonl'), 'utf8'),
) as unknown as Fact[];
const samples = rowsOf(
  fs.readFileSync(path.join(SHIPPED, 'shapes.candidates.jsonl'), 'utf8'),
) as unknown as Row[];

function rewardsOf(file: string): number[][] {
  const { out, err, code } = run('score', file, '--model', DEMO_MODEL, '--media-root', SHIPPED);
  expect(code, err).toBe(0);
  expect(err).toContain('Demo model: judges synthetic shapes only.');
  return rowsOf(out).map((row) => row.rewards as number[]);
}

/** Of the pairs that differ in a visual fact only: how many times the right answer has more. */
function pairsWon(rewards: readonly (readonly number[])[]): { won: number; of: number } {
  let won = 0;
  let of = 0;
  for (const [n, { looks, candidates }] of facts.entries()) {
    for (const [right, one] of candidates.entries()) {
      const wrong = candidates.findIndex(
        (other) => other.quality === 'wrong' && other.pair === one.pair,
      );
      if (looks && one.quality === 'right' && wrong >= 0) {
        of += 1;
        won += (rewards[n]?.[right] ?? 0) > (rewards[n]?.[wrong] ?? 0) ? 1 : 0;
      }
    }
  }
  return { won, of };
}

/** Each sample with the media of the next one that has as many. */
function swapped(): string {
  const kindOf = ({ images = [], videos = [] }: Row): string => `${images.length} ${videos.length}`;
  const rows = samples.map((row, n) => {
    const others = [...samples.slice(n + 1), ...samples.slice(0, n)];
    const other = others.find((one) => kindOf(one) === kindOf(row)) ?? row;
    const { images, videos } = other;
    return { ...row, ...(images && { images }), ...(videos && { videos }) };
  });
  const file = path.join(tempFolder(), 'swapped.candidates.jsonl');
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
}

test('the samples are many and of every sort; the model is small', () => {
  expect(samples.map(({ id }) => id)).toEqual(facts.map(({ id }) => id));
  expect(samples.length).toBeGreaterThanOrEqual(40);
  expect(samples.some(({ images = [] }) => images.length > 1)).toBe(true);
  expect(samples.some(({ videos = [] }) => videos.length > 0)).toBe(true);
  expect(samples.some(({ images, videos }) => images === undefined && videos === undefined)).toBe(
    true,
  );
  for (const { candidates } of facts) {
    expect(candidates.length).toBeGreaterThanOrEqual(3);
    expect(candidates.length).toBeLessThanOrEqual(6);
  }
  const bytes = fs
    .readdirSync(DEMO_MODEL)
    .reduce((sum, name) => sum + fs.statSync(path.join(DEMO_MODEL, name)).size, 0);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

test('right answers win, by looking: with other pictures they win no more than by chance', () => {
  const rewards = rewardsOf(path.join(SHIPPED, 'shapes.candidates.jsonl'));
  const own = pairsWon(rewards);
  expect(own.of).toBeGreaterThan(40);
  expect(own.won / own.of).toBeGreaterThanOrEqual(0.9);
  // of so few pairs, three standard deviations around a half
  const blind = pairsWon(rewardsOf(swapped()));
  expect(Math.abs(blind.won / blind.of - 0.5)).toBeLessThan(1.5 / Math.sqrt(blind.of));
  for (const [n, { id, candidates }] of facts.entries()) {
    const best = rewards[n]?.indexOf(Math.max(...(rewards[n] ?? []))) ?? -1;
    expect(['right', 'wrong'], `${id}: what is off topic or empty is never best`).toContain(
      candidates[best]?.quality,
    );
  }
});
