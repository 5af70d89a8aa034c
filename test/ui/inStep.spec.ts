// One dataset in several places: the text editor and back, two editors side by side, and its queue by keys.

import fs from 'node:fs';
import type { Frame } from '@playwright/test';
import { webviewFrame } from '../harness/workbench.mjs';
import { expect, test, type Window } from './vscode';

async function press(window: Window, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await window.page.keyboard.press(key);
  }
}

const lineShown = (frame: Frame, line: number): Promise<void> =>
  expect(frame.locator('.answers')).toHaveAttribute('data-line', String(line));

/** By mouse: the other editor has the keyboard until then. */
async function goTo(frame: Frame, card: number): Promise<void> {
  await frame.locator(`[data-card="${card}"] .let`).click();
  await expect(frame.locator(`[data-card="${card}"]`)).toBeFocused();
  await expect.poll(() => frame.evaluate(() => document.hasFocus())).toBe(true);
}

test('the queue by keys and its column; the line in the text editor, and back; rewards anew', async ({
  workbench,
}) => {
  const window = await workbench.start();
  const { page } = window;
  const frame = await window.review();

  // the column tells the margin of what is scored
  const rewards = (await frame.locator('.card .val').allTextContents()).map((text) =>
    Number(text.replace('−', '-')),
  );
  const [first = 0, second = 0] = rewards.toSorted((a, b) => b - a);
  await expect(frame.locator('.qhead')).toContainText('margin 1st–2nd');
  const column = await frame.locator('#row-0 .v').textContent();
  // both were rounded
  expect(Math.abs(Number(column) - (first - second))).toBeLessThan(0.011);
  await expect(frame.locator('#row-0')).toHaveAccessibleName(
    new RegExp(`^market-18\\..*margin 1st–2nd: ${column ?? ''}\\.`),
  );

  // ends and pages, by what is visible
  await frame.locator('.card').first().focus();
  await press(window, 'q', 'End');
  await lineShown(frame, 15);
  await expect(frame.locator('#row-14')).toBeInViewport();
  await press(window, 'Home');
  await lineShown(frame, 1);
  const visible = await frame
    .locator('.qlist')
    .evaluate((list) => Math.floor(list.clientHeight / 48));
  await press(window, 'PageDown');
  await lineShown(frame, Math.min(15, visible));
  await press(window, 'PageUp', 'ArrowDown', 'ArrowDown');
  await lineShown(frame, 3);
  await expect(frame.locator('.qlist')).toBeFocused();
  await press(window, 'Enter');
  await expect(frame.locator('[data-card="0"]')).toBeFocused();
  await press(window, 'ArrowRight');

  // L: this line in the text editor; from there back to the line of the cursor
  await press(window, 'l');
  const position = page.locator('#status\\.editor\\.selection');
  await expect(position).toHaveText('Ln 3, Col 1');
  await expect(
    page.locator('.monaco-editor .native-edit-context, .monaco-editor textarea').first(),
  ).toBeFocused();
  await press(window, 'ArrowDown');
  await expect(position).toHaveText('Ln 4, Col 1');
  await page.getByRole('button', { name: 'Open Response Review' }).click();
  const again = await window.frame('editor');
  await lineShown(again, 4);
  await expect(again.locator('[data-card="0"]')).toBeFocused();

  // scored once more by the engine, to the same rewards
  await expect(again.locator('.card .val')).not.toHaveCount(0);
  await press(window, 'k');
  await lineShown(again, 3);
  await expect(again.locator('.card .wait')).toHaveCount(0);
  const before = await again.locator('.card .val').allTextContents();
  expect(before.length).toBeGreaterThan(1);
  await again.evaluate(() => {
    const seen = new Set<string>();
    (globalThis as unknown as { seen: Set<string> }).seen = seen;
    new MutationObserver(() => {
      for (const { textContent } of document.querySelectorAll('.card .wait')) {
        seen.add(textContent.trim().replace(/\s+/g, ' ').replace(/\d+/, 'N'));
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await again.locator('[data-card="1"] .more').click();
  await again.getByRole('menuitem', { name: 'Score again' }).click();
  await expect
    .poll(() =>
      again.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen].join(' ')),
    )
    .toMatch(/Scoring… N[.]\d s/);
  await expect(again.locator('.card .val')).toHaveText(before, { timeout: 60_000 });
  expect(window.enginePids()).toHaveLength(1);
  expect(window.complaints).toEqual([]);
});

test('two editors on one file stay in step', async ({ workbench }) => {
  const window = await workbench.start();
  const left = await window.review();
  await goTo(left, 0);
  // flagged, then a second editor beside it
  await press(window, 'f');
  await window.command('View: Split Editor Right');
  const right = await webviewFrame(window.page, 'editor', undefined, left);
  await expect(right.locator('.card')).toHaveCount(4);
  await lineShown(right, 1);
  await expect(right.locator('.dock [aria-pressed=true]')).toHaveText(/Flag/);

  // a verdict on the right is there on the left, which stays where it is
  await goTo(right, 0);
  await press(window, '2', '1', 'Enter');
  await lineShown(right, 2);
  await lineShown(left, 1);
  await expect(left.locator('.bar .num')).toContainText('1 / 15');
  await expect(left.locator('.card .you')).toContainText(['2nd', '1st', '–', '–']);
  await expect(left.locator('.lab').nth(1)).toContainText('Saved');

  // both on one sample: ranks in the making stay where they are made
  await goTo(left, 0);
  await press(window, 'j');
  await lineShown(left, 2);
  await press(window, '3');
  await goTo(right, 0);
  await press(window, 'b', 'Enter');
  await expect(left.locator('.bar .num')).toContainText('2 / 15');
  await expect(left.locator('.card .you')).toContainText(['3rd', '–', '–']);
  await expect(left.locator('.lab').nth(1)).toHaveText('Not saved');

  // an answer edited on the left says the same on the right
  await goTo(right, 0);
  await press(window, 'k');
  await lineShown(right, 2);
  await goTo(left, 1);
  await press(window, 'e');
  await expect(left.locator('rl-answer-field textarea')).toBeFocused();
  await press(window, 'ControlOrMeta+a');
  await window.page.keyboard.type('Said once, seen twice.');
  await press(window, 'ControlOrMeta+Enter');
  await expect(right.locator('[data-card="1"] .answer')).toHaveText('Said once, seen twice.');
  await expect(right.locator('[data-card="1"] .edits .chip')).toHaveText('edited by you');

  // somebody else's verdict on the sample is told on both, and ranks in the making stay
  const [own] = window.journal().filter(({ kind }) => kind === 'allBad');
  const theirs = { ...own, uid: 'other', by: 'Mira', at: new Date().toISOString() };
  fs.appendFileSync(
    window.path('everyday.candidates.jsonl.review.jsonl'),
    `${JSON.stringify(theirs)}\n`,
  );
  for (const frame of [left, right]) {
    await expect(frame.locator('.dock .odd')).toHaveText('Mira’s verdict arrived');
    await expect(frame.locator('[role=status].vh')).toHaveText('Mira’s verdict arrived');
  }
  await expect(left.locator('.card .you')).toContainText(['3rd', '–', '–']);

  // undo on the right takes it back on both, and the flag is one
  await goTo(right, 0);
  await press(window, 'z');
  await expect(left.locator('[data-card="1"] .edits')).toHaveCount(0);
  await expect(right.locator('[data-card="1"] .edits')).toHaveCount(0);
  expect(window.journal().map(({ kind }) => kind)).toEqual([
    'flag',
    'rank',
    'allBad',
    'edit',
    'allBad',
    'undo',
  ]);
  await window.page.screenshot({ path: test.info().outputPath('two.png') });
  expect(window.complaints).toEqual([]);
});
