// "Open with Mapping…" in the real VS Code: columns that nobody knows, named once.

import fs from 'node:fs';
import type { Page } from '@playwright/test';
import { violations } from './axe';
import { expect, test } from './vscode';

const ROWS = [
  {
    nr: 'first',
    ask: 'What is in the picture?',
    pic: 'img/chart.png',
    x1: 'A red circle.',
    x2: 'Two cats.',
    meta: { by: { name: 'model-a' } },
  },
  {
    nr: 'second',
    ask: 'And here?',
    pic: 'img/chart.png',
    x1: 'A square, I believe.',
    x2: 'Nothing.',
    meta: { by: { name: 'model-b' } },
  },
];
const lines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const choose = (page: Page, hasText: string | RegExp): Promise<void> =>
  page.locator('.quick-input-list .monaco-list-row', { hasText }).first().click();

test('an unknown file is opened by naming its columns; the next of its shape opens at once', async ({
  workbench,
}) => {
  const other = ROWS.map((row) => ({ ...row, nr: `${row.nr}-again` }));
  const window = await workbench.start(
    {},
    { 'odd.candidates.jsonl': lines(ROWS), 'other.jsonl': lines(other) },
  );
  const { page } = window;
  await window.openFile('odd.candidates.jsonl');
  const frame = await window.frame('editor');
  await frame.getByRole('button', { name: 'Open with Mapping…' }).click();

  // nothing of the names says what holds the answers
  const title = page.locator('.quick-input-title');
  await expect(title).toHaveText('Columns of odd.candidates.jsonl');
  const list = page.locator('.quick-input-list');
  await expect(list).toContainText('Something is missing');
  await expect(list.getByRole('option', { name: /^Prompt, ask/ })).toBeVisible();
  await choose(page, 'Answers: a list, or a column for each');
  await expect(title).toHaveText('Answers: a list, or a column for each');
  await choose(page, 'A red circle.');
  await choose(page, 'Two cats.');
  await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await expect(title).toHaveText('Columns of odd.candidates.jsonl');
  // a column inside columns
  await choose(page, 'Sources: who wrote the answers');
  await expect(title).toHaveText('Sources: who wrote the answers');
  await choose(page, /^meta\.by\.name/);
  await page.screenshot({ path: test.info().outputPath('inner-columns.png') });
  await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await expect(title).toHaveText('Columns of odd.candidates.jsonl');
  await choose(page, 'Name of the row');
  await expect(title).toHaveText('Name of the row');
  await choose(page, 'first');
  const accept = list.locator('.monaco-list-row', { hasText: 'Open with these columns' });
  await expect(accept).toContainText('Row 1: “What is in the picture?”');
  await expect(accept).toContainText(
    '2 answers: “A red circle.” by model-a, “Two cats.” by model-a',
  );
  await page.screenshot({ path: test.info().outputPath('columns.png') });
  await accept.click();

  await expect(frame.locator('.card')).toHaveCount(2);
  await expect(frame.locator('.card .val')).toHaveCount(2, { timeout: 60_000 });
  await expect(frame.locator('.card').first()).toContainText('A red circle.');
  await expect(frame.locator('.card').first()).toContainText('model-a');
  await expect(frame.locator('.row').first()).toContainText('first');
  const settings = JSON.parse(fs.readFileSync(window.path('.vscode/settings.json'), 'utf8')) as {
    'rewardlens.dataset.columnMappings': unknown;
  };
  expect(settings['rewardlens.dataset.columnMappings']).toEqual([
    {
      shape: { ask: 'text', meta: 'object', nr: 'text', pic: 'text', x1: 'text', x2: 'text' },
      mapping: {
        prompt: 'ask',
        id: 'nr',
        images: 'pic',
        candidates: ['x1', 'x2'],
        sources: 'meta.by.name',
      },
    },
  ]);

  // a verdict finds its sample by the mapping, too
  await frame.locator('.card').first().click();
  await page.keyboard.press('1');
  await page.keyboard.press('2');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => window.journal('odd.candidates.jsonl'))
    .toMatchObject([{ kind: 'rank', id: 'first', line: 1 }]);

  // the next one opens directly, and what was remembered can be forgotten
  await window.openFile('other.jsonl');
  await window.command('Open Response Review');
  await expect
    .poll(async () => (await window.frame('editor')).locator('.row').first().textContent())
    .toContain('first-again');
  const second = await window.frame('editor');
  await expect(second.locator('.card')).toHaveCount(2);
  await expect(page.locator('.tab.active')).toHaveAttribute('data-resource-name', 'other.jsonl');
  await page.screenshot({ path: test.info().outputPath('plain.png') });
  await second.getByRole('button', { name: 'More', exact: true }).click();
  await choose(page, 'Change or forget the columns…');
  await choose(page, 'Forget these columns');
  await expect(second.getByText('This row can’t be read.')).toBeVisible();
  await expect(second.getByRole('button', { name: 'Open with Mapping…' })).toBeVisible();
  expect(await violations(second)).toEqual([]);
  expect(window.complaints).toEqual([]);
});
