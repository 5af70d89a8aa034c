// `rewardlens explain` as a user runs it.

import { expect, test } from 'vitest';
import { rowsOf, run } from '../../support/cli';
import { SAMPLES } from '../../support/paths';

test('one line per check, and the last sentence has the reward that `score` gives', () => {
  const { out, err, code } = run('explain', SAMPLES, '--line', '1', '--candidate', '0');
  expect(code, err).toBe(0);
  const lines = rowsOf(out);
  expect(lines.map(({ check }) => check)).toEqual(['sentences', 'grounding', 'style', 'occlusion']);
  const scored = rowsOf(run('score', SAMPLES).out)[0] as { id: string; rewards: number[] };
  const [reward] = scored.rewards;
  const { steps } = lines[0]?.result as { steps: { reward: number }[] };
  expect(steps.at(-1)?.reward).toBe(reward);
  for (const { id, line, candidate, result } of lines) {
    expect({ id, line, candidate, result }).toMatchObject({
      id: scored.id,
      line: 1,
      candidate: 0,
      result: { own: { reward } },
    });
  }
});

test('what can’t be asked for is said', () => {
  expect(run('explain', SAMPLES, '--checks', 'sentences,colour').code).toBe(2);
  expect(run('explain', SAMPLES, '--line', '9999').code).toBe(2);
  expect(run('explain', SAMPLES, '--line', '1', '--candidate', '99').code).toBe(2);
});
