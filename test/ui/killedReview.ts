// A scripted review whose extension host is killed at some moment.

import fs from 'node:fs';
import { expect, type Window } from './vscode';

const DATASET = 'everyday.candidates.jsonl';
/** The script takes about this long. */
const REVIEW_MS = 2500;

/** The same for every run of a seed. @returns milliseconds after the first key */
export function randomDelays(seed: number, count: number): readonly number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    // a linear congruential generator is random enough for moments
    state = (1_103_515_245 * state + 12_345) % 2 ** 31;
    return Math.floor((REVIEW_MS * state) / 2 ** 31);
  });
}

/**
 * Ranks sample after sample; kills; and holds what was shown as saved against the journal.
 * @returns how many decisions showed as saved
 */
export async function killedReview(window: Window, delayMs: number): Promise<number> {
  await window.openFile(DATASET);
  const frame = await window.frame('editor');
  await expect(frame.locator('.card')).toHaveCount(4);
  await frame.locator('.card').first().focus();
  // keeps the largest number of reviewed samples that was ever on the screen
  await frame.evaluate(() => {
    const page = globalThis as unknown as { mostReviewed: number };
    page.mostReviewed = 0;
    const look = (): void => {
      const shown = document.querySelector('.bar .num')?.textContent ?? '';
      page.mostReviewed = Math.max(page.mostReviewed, Number.parseInt(shown, 10) || 0);
    };
    new MutationObserver(look).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
  const pids = window.extensionHostPids();
  expect(pids).not.toEqual([]);
  const timer = setTimeout(() => {
    for (const pid of pids) {
      process.kill(pid, 'SIGKILL');
    }
  }, delayMs);
  try {
    for (let sample = 0; sample < 14; sample += 1) {
      await window.page.keyboard.press('1');
      await window.page.keyboard.press('Enter');
      await window.page.waitForTimeout(REVIEW_MS / 20);
    }
    await expect
      .poll(() => window.extensionHostPids().some((pid) => pids.includes(pid)))
      .toBe(false);
  } finally {
    clearTimeout(timer);
  }
  const most = await frame.evaluate(
    () => (globalThis as unknown as { mostReviewed: number }).mostReviewed,
  );
  const journal = window.path(`${DATASET}.review.jsonl`);
  const text = fs.existsSync(journal) ? fs.readFileSync(journal, 'utf8') : '';
  expect(text === '' || text.endsWith('\n')).toBe(true);
  const decided = new Set(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { kind: string; id: string })
      .filter(({ kind }) => kind === 'rank')
      .map(({ id }) => id),
  );
  expect(decided.size).toBeGreaterThanOrEqual(most);

  // and it is there again
  await window.reload();
  await window.openFile(DATASET);
  const again = await window.frame('editor');
  await expect(again.locator('.bar .num')).toContainText(`${decided.size} / 15`);
  return most;
}
