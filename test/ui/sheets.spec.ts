// Score sheets in the real VS Code.

import fs from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, rewardsByCommand, test } from './vscode';

test('Save Rewards As… writes a table with the rewards that the command gives', async ({
  workbench,
}) => {
  const window = await workbench.start({ own: true });
  const { page } = window;
  await window.review();
  await window.command('RewardLens: Save Rewards As…');
  const input = page.locator('.quick-input-widget input[type="text"]').first();
  await expect(input).toHaveValue(/everyday\.rewards\.jsonl$/);
  const out = window.path('sheet.csv');
  await input.fill(out);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/\d+ rewards saved\./).first()).toBeVisible({ timeout: 60_000 });
  const lines: Record<string, string>[] = parse(fs.readFileSync(out), { bom: true, columns: true });
  const expected = rewardsByCommand(window.path('everyday.candidates.jsonl'));
  expect(lines.map(({ id, reward }) => [id, Number(reward)])).toEqual(
    [...expected].flatMap(([id, rewards]) => rewards.map((reward) => [id, reward])),
  );
  expect(window.complaints).toEqual([]);
});

test('an export says before writing what a least margin leaves out, and which media are not there', async ({
  workbench,
}) => {
  const answers = ['First.', 'Second.', 'Third.'];
  const rows = [
    { id: 'wide', prompt: 'Which?', images: ['img/kettle.png'], candidates: answers },
    { id: 'lost', prompt: 'And now?', images: ['img/gone.png'], candidates: answers },
    { id: 'bare', prompt: 'And here?', candidates: answers },
  ];
  const rewards = [
    [3, 2.9, 1],
    [2, 1, 0],
    [1, null, 0.5],
  ];
  const lines = (all: readonly object[]): string =>
    all.map((each) => `${JSON.stringify(each)}\n`).join('');
  const window = await workbench.start(
    { settings: { 'rewardlens.scoring.scoreOnOpen': false } },
    {
      'm.candidates.jsonl': lines(rows),
      'm.scored.jsonl': lines(
        rows.map(({ id }, n) => ({
          id,
          line: n + 1,
          rewards: rewards[n],
          order: [0, 1, 2],
          tokens: { prefix: 1, tails: [1, 1, 1] },
          model: 'm',
        })),
      ),
    },
  );
  const { page } = window;
  await window.openFile('m.candidates.jsonl');
  const frame = await window.frame('editor');
  await frame.locator('[data-card="0"]').focus();
  for (let n = 1; n <= rows.length; n += 1) {
    for (const key of ['1', '2', '3', 'Enter']) {
      await page.keyboard.press(key);
    }
    await expect(frame.locator('.bar .num')).toContainText(`${n} / 3`);
  }

  await frame.getByRole('button', { name: 'Export preference pairs' }).click();
  const list = page.locator('.quick-input-list .monaco-list-row');
  const title = page.locator('.quick-input-title');
  const input = page.locator('.quick-input-widget input[type="text"]:visible');
  await list.filter({ hasText: 'Verdicts, with rewards of a scored file…' }).click();
  await expect(title).toHaveText('Scored output of this dataset');
  await list.filter({ hasText: 'm.scored.jsonl' }).click();
  await expect(title).toHaveText('For which trainer (step 2 of 5)');
  await input.fill('Everything that is known');
  await list.filter({ hasText: 'Everything that is known of each pair' }).click();
  await list.filter({ hasText: 'All pairs' }).click();
  await expect(title).toHaveText('Rules for pairs and files (step 4 of 5)');
  await list.filter({ hasText: 'A least margin…' }).click();
  await page.getByRole('button', { name: 'OK' }).click();
  await expect(title).toContainText('Least margin between chosen and rejected');
  await input.fill('far');
  await expect(page.getByText('Type a number, such as 0.5.')).toBeVisible();
  await input.fill('0,5');
  await page.keyboard.press('Enter');

  // of three pairs each, one is closer, and two have an answer without a reward
  await expect(title).toHaveText('What will be exported (step 5 of 5)');
  await page.screenshot({ path: test.info().outputPath('preview.png') });
  await expect(list.first()).toContainText('Export 6 pairs from 3 samples…');
  for (const words of [
    '1 left out: their margin is too small.',
    '2 left out: an answer has no reward.',
    '1 samples name a picture or video that is not there.',
  ]) {
    await expect(list.filter({ hasText: words })).toBeVisible();
  }
  // a remark is there to be read: chosen, it asks again
  await list.filter({ hasText: 'is not there' }).click();
  await expect(title).toHaveText('What will be exported (step 5 of 5)');
  await list.filter({ hasText: 'Export 6 pairs' }).click();
  await expect(input).toHaveValue(/m\.pairs\.jsonl$/);
  await page.keyboard.press('Enter');
  await expect(page.getByText('6 pairs from 3 samples exported.').first()).toBeVisible();
  const pairs = fs
    .readFileSync(window.path('m.pairs.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(pairs).toHaveLength(6);
  expect(window.complaints).toEqual([]);
});
