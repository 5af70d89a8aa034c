// The queue: datasets of any size.

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
