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
