// The queue: datasets of any size.

import fs from 'node:fs';
import { violations } from './axe';
import { expect, test } from './vscode';

test('a dataset with more rows than a browser can scroll over', async ({ workbench }) => {
  const count = 800_000;
  const rows = Array.from(
    { length: count },
    (_, n) => `{"id":"r${n + 1}","prompt":"P${n + 1}","candidates":["a","b"]}\n`,
  );
  const window = await workbench.start(
    { settings: { 'rewardlens.scoring.scoreOnOpen': false } },
    { 'large.candidates.jsonl': rows.join('') },
  );
  await window.openFile('large.candidates.jsonl');
  const frame = await window.frame('editor');
  await expect(frame.locator('#row-0 .id')).toHaveText('r1');
  await expect(frame.locator('.qfoot')).toContainText('1 / 800,000');
  const list = frame.locator('.qlist');
  const scrollTo = (share: number): Promise<void> =>
    list.evaluate((element, at) => {
      element.scrollTop = at * (element.scrollHeight - element.clientHeight);
    }, share);

  await scrollTo(1);
  await expect(frame.locator('#row-799999 .id')).toHaveText('r800000');
  // the last row ends where the list ends
  const ends = await list.evaluate((element) =>
    [element, element.querySelector('#row-799999')].map((each) =>
      Math.round(each?.getBoundingClientRect().bottom ?? 0),
    ),
  );
  expect(Math.abs((ends[0] ?? 0) - (ends[1] ?? 99))).toBeLessThanOrEqual(2);
  await frame.locator('#row-799999').click();
  await expect(frame.locator('.answers')).toHaveAttribute('data-line', '800000');
  await expect(frame.locator('.card').first()).toBeFocused();
  await window.page.keyboard.press('k');
  await expect(frame.locator('.answers')).toHaveAttribute('data-line', '799999');

  await scrollTo(0.5);
  await expect(frame.locator('#row-400000 .id')).toHaveText('r400001');
  await frame.locator('#row-400000').click();
  await expect(frame.locator('.answers')).toHaveAttribute('data-line', '400001');
  await frame.locator('.qlist').focus();
  for (let n = 0; n < 20; n += 1) {
    await window.page.keyboard.press('ArrowDown');
  }
  await expect(frame.locator('.answers')).toHaveAttribute('data-line', '400021');
  await expect(frame.locator('#row-400020')).toBeInViewport();
  expect(window.complaints).toEqual([]);
});

const EVERYDAY = 'everyday.candidates.jsonl';

/** Ids as far as they are on the screen: all 15. */
function byLongestAnswer(file: string): string[] {
  const rows = fs
    .readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; candidates: (string | { text: string })[] })
    .map(({ id, candidates }) => ({
      id,
      length: Math.max(...candidates.map((c) => (typeof c === 'string' ? c : c.text).length)),
    }));
  return rows.sort((a, b) => b.length - a.length).map(({ id }) => id);
}

test('search, filter, sort, and going to a row', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  const selected = frame.locator('.row[aria-selected=true] .id');
  const ids = frame.locator('.row .id');
  // search: what is left, and walking through it
  await frame.locator('.card').first().focus();
  await window.page.keyboard.press('/');
  await expect(frame.locator('.qsearch input')).toBeFocused();
  await window.page.keyboard.type('MARKET');
  await window.page.keyboard.press('Enter');
  await expect(ids).toHaveText(['market-18', 'market-22']);
  await expect(frame.locator('.qhead')).toContainText('2 of 15 samples');
  await window.page.keyboard.press('j');
  await expect(selected).toHaveText('market-22');
  await window.page.keyboard.press('j');
  await expect(frame.locator('[role=status].vh')).toContainText('That was the last one.');
  // a filter narrows, and is remembered
  await window.page.keyboard.press('f');
  await expect(frame.locator('.row .codicon-report')).toHaveCount(1);
  await frame.getByRole('button', { name: /^Filter/ }).click();
  const pick = window.page.locator('.quick-input-widget');
  await pick.getByText('Flagged').first().click();
  await pick.getByRole('button', { name: 'OK' }).click();
  await expect(ids).toHaveText(['market-22']);
  await expect(frame.locator('.chips .chip.on')).toHaveText(['Flagged']);
  await window.stored('"standings":["flagged"]');
  await window.reload();
  await window.openFile(EVERYDAY);
  const again = await window.frame('editor');
  await expect(again.locator('.row .id')).toHaveText(['market-22']);
  expect(await violations(again)).toEqual([]);
  await again.locator('.chips .chip.on').click();
  await expect(again.locator('.row .id')).toHaveCount(2);
  await again.locator('.qsearch input').fill('nowhere to be found');
  await again.locator('.qsearch input').press('Enter');
  await expect(again.locator('.noqueue')).toContainText('No sample matches.');
  await again.getByRole('button', { name: 'Clear filters' }).click();
  await expect(again.locator('.row .id')).toHaveCount(15);
  // sorted by the longest answer
  await again.getByRole('button', { name: /^Sort/ }).click();
  await window.page.locator('.quick-input-list').getByText('longest answer first').click();
  await expect(again.getByRole('button', { name: 'Sort: Length, longest first' })).toBeVisible();
  await expect(again.locator('.row .id')).toHaveText(byLongestAnswer(window.path(EVERYDAY)));
  // to a row by its id
  await again.locator('.card').first().focus();
  await window.page.keyboard.press('g');
  const input = window.page.locator('.quick-input-widget input.input');
  await input.fill('clock-14');
  await input.press('Enter');
  await expect(again.locator('.row[aria-selected=true] .id')).toHaveText('clock-14');
  expect(window.complaints).toEqual([]);
});

test('chips tell how many rows they would leave', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  const chips = frame.locator('.chips .chip');
  const texts = () =>
    chips.allInnerTexts().then((all) => all.map((text) => text.trim().replace('\n', ' ')));
  await expect
    .poll(texts)
    .toEqual(['Unreviewed 15', 'Flagged 0', 'You and the model differ 0', '']);
  await frame.locator('.card').first().focus();
  await window.page.keyboard.press('f');
  await expect.poll(texts).toContain('Flagged 1');
  await window.page.keyboard.press('s');
  await expect.poll(texts).toContain('Unreviewed 14');
  await expect.poll(texts).toContain('Skipped 1');
  expect(await violations(frame)).toEqual([]);
  // by keyboard: one stop, arrows inside
  await chips.first().focus();
  await window.page.keyboard.press('ArrowRight');
  await window.page.keyboard.press('Enter');
  await expect(chips.first()).toHaveAccessibleName('Flagged');
  await expect(frame.locator('.row')).toHaveCount(1);
  await expect(frame.getByRole('button', { name: 'Filter, 1 active' })).toBeVisible();
  await expect.poll(texts).toEqual(['Flagged', 'Unreviewed 15', 'You and the model differ 1', '']);
  await window.page.screenshot({ path: test.info().outputPath('chips.png') });
  expect(window.complaints).toEqual([]);
});
