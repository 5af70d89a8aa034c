// The side panel, and the commands around it.

import fs from 'node:fs';
import { expect, test } from './vscode';

test('the panel follows the picture in the active tab and saves verdicts', async ({
  workbench,
}) => {
  const window = await workbench.start();
  const panel = await window.followPicture('market.png', 4);
  await expect(panel.locator('.sfile')).toContainText('3 samples in 2 files use it');
  await expect(panel.locator('.acch .nm')).toHaveText(['market-18', 'market-22', 'pilot-1']);
  await panel.locator('.card').first().focus();
  for (const key of ['2', '1', 'Enter']) {
    await window.page.keyboard.press(key);
  }
  await expect(panel.locator('.acc').first().locator('.codicon-check')).toBeVisible();
  const open = panel.locator('.acch[aria-expanded=true] .nm');
  await expect(open).toHaveText('market-22');
  await expect(panel.locator('[data-card="0"]')).toBeFocused();
  expect(window.journal()).toMatchObject([{ id: 'market-18', ranks: [[1], [0]] }]);
  // the next one without a decision, back to the first, and a note there
  for (const [key, id] of [
    ['u', 'pilot-1'],
    ['k', 'market-22'],
    ['k', 'market-18'],
  ] as const) {
    await window.page.keyboard.press(key);
    await expect(open).toHaveText(id);
  }
  await window.page.keyboard.press('n');
  await expect(panel.locator('vscode-text-area textarea')).toBeFocused();
  await window.page.keyboard.type('1 odd');
  await window.page.keyboard.press('Escape');
  await expect(panel.locator('.noteshow')).toContainText('1 odd');
  await expect(panel.locator('[data-card="0"]')).toBeFocused();
  await expect.poll(() => window.journal().map(({ kind }) => kind)).toEqual(['rank', 'note']);
  // an open section is closed by its head, and another one opened
  await panel.locator('.acch').first().click();
  await expect(panel.locator('.card')).toHaveCount(0);
  await panel.locator('.acch').nth(1).click();
  await expect(open).toHaveText('market-22');

  await window.openFile('clock.png');
  await expect(panel.locator('.sname')).toHaveText('clock.png');
  await expect(panel.locator('.acch .nm')).toHaveText(['clock-14', 'pilot-2']);

  await panel.getByRole('button', { name: 'Open in Review Editor' }).click();
  const editor = await window.frame('editor');
  await expect(editor.locator('.row[aria-selected=true] .id')).toHaveText('clock-14');
  expect(window.complaints).toEqual([]);
});

test('editor and panel stay in step', async ({ workbench }) => {
  const window = await workbench.start();
  const panel = await window.followPicture('market.png', 4);
  await window.openFile('everyday.candidates.jsonl');
  const editor = await window.frame('editor');
  await expect(editor.locator('.card .val')).toHaveCount(4);
  await editor.locator('.card').nth(2).focus();
  for (const key of ['1', 'Enter']) {
    await window.page.keyboard.press(key);
  }
  await expect(panel.locator('.acc').first().locator('.codicon-check')).toBeVisible();
  await expect(panel.locator('[data-card="2"] .you')).toContainText('1st');
});

test('the Explorer’s menu shows a picture in the panel; pinning keeps it', async ({
  workbench,
}) => {
  const window = await workbench.start();
  await window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'img' }).click();
  const row = window.page.locator('.explorer-folders-view .monaco-list-row', {
    hasText: 'fish.png',
  });
  const item = window.page.getByRole('menuitem', { name: 'Review Responses for This Media' });
  // a menu closes when the window is still arranging itself, and takes no click just after it opened:
  // every other time the key is tried, which it always takes
  let tries = 0;
  await expect(async () => {
    await window.page.keyboard.press('Escape');
    await row.click({ button: 'right', timeout: 3000 });
    await (tries++ % 2 === 0
      ? item.click({ timeout: 3000 })
      : item.press('Enter', { timeout: 3000 }));
    await expect(item).toBeHidden({ timeout: 3000 });
  }).toPass();
  const panel = await window.frame('panel');
  await expect(panel.locator('.sname')).toHaveText('fish.png');
  await expect(panel.locator('.acch .nm')).toHaveText(['tank-09']);
  await window.page.getByRole('button', { name: 'Stay on This File' }).first().click();
  // what the panel shows from now on
  const shown = await panel.evaluateHandle(() => {
    const names: (string | null | undefined)[] = [];
    const look = (): void => void names.push(document.querySelector('.sname')?.textContent);
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    return names;
  });
  for (const name of ['sign.png', 'clock.png']) {
    await window.openFile(name);
    await expect(window.page.locator('.tab.active', { hasText: name })).toBeVisible();
    await panel.locator('.sname').click(); // a picture takes the keys away
  }
  await window.page.getByRole('button', { name: 'Follow the Active File' }).first().click();
  await expect(panel.locator('.sname')).toHaveText('clock.png');
  expect(new Set(await shown.jsonValue())).not.toContain('sign.png');
});

test('exporting preference pairs writes what TRL reads', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  await frame.locator('.card').first().focus();
  for (const key of ['2', '1', '3', 'Enter']) {
    await window.page.keyboard.press(key);
  }
  await expect(frame.locator('.bar .num')).toContainText('1 / 15');
  await frame.getByRole('button', { name: 'Export preference pairs' }).click();
  await window.chooseExport('My verdicts', 'TRL, conversational', 'All pairs');
  const input = window.page.locator('.quick-input-widget input.input');
  await expect(input).toHaveValue(/everyday\.pairs\.jsonl$/);
  await input.press('Enter');
  await expect(window.page.getByText('3 pairs from 1 samples exported.').first()).toBeVisible();
  const rows = fs
    .readFileSync(window.path('everyday.pairs.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({
    images: ['img/market.png'],
    prompt: [{ role: 'user', content: [{ type: 'image' }, { type: 'text' }] }],
    chosen: [{ role: 'assistant' }],
    rejected: [{ role: 'assistant' }],
  });
});

test('Show Log opens the log', async ({ workbench }) => {
  const window = await workbench.start({ own: true });
  await window.review();
  await window.command('RewardLens: Show Log');
  await expect(
    window.page.locator('.panel .view-line', { hasText: 'engine started' }).first(),
  ).toBeVisible();
});

test('a picture without answers says so', async ({ workbench }) => {
  const window = await workbench.start();
  fs.copyFileSync(window.path('img/fish.png'), window.path('img/lonely.png'));
  await window.openFile('lonely.png');
  await window.command('RewardLens: Focus on Responses View');
  const panel = await window.frame('panel');
  await expect(panel.locator('.scount')).toHaveText('No answers for this file yet');
});
