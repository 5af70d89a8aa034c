// What a person sees of the engine: runs, cancelling, a crash, a restricted workspace.

import { expect, test } from './vscode';

/** A dataset that takes a while. */
function slowDataset(samples: number): string {
  const rows = Array.from({ length: samples }, (_, n) => ({
    id: `slow-${n}`,
    prompt: `What is sold here, ${n}?`,
    images: ['img/market.png'],
    candidates: ['Fruit.', 'Lemons, pears and apples.', 'Cars.'],
  }));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

test('an engine killed in the middle of a run: the page says so, and the run completes', async ({
  workbench,
}) => {
  const window = await workbench.start({}, { 'slow.candidates.jsonl': slowDataset(12) });
  const frame = await window.review('slow.candidates.jsonl', 3);
  await frame.locator('.card').first().focus();
  await window.page.keyboard.press('1');
  await window.command('RewardLens: Score Candidates');
  await expect(frame.locator('.row .v', { hasText: /^\d/ })).toHaveCount(3);
  const [pid] = window.enginePids();
  expect(pid).toBeDefined();
  process.kill(pid ?? 0, 'SIGKILL');
  await expect(
    frame.locator('.msg.warning', { hasText: 'stopped and was restarted' }),
  ).toBeVisible();
  // deciding goes on meanwhile
  await frame.locator('.card').nth(1).focus();
  await window.page.keyboard.press('2');
  await expect(window.page.getByText('36 answers scored.').first()).toBeVisible({
    timeout: 60_000,
  });
  await expect(frame.locator('.row .v', { hasText: /^\d/ })).toHaveCount(12);
  expect(window.enginePids()).toHaveLength(1);
  expect(window.enginePids()).not.toContain(pid);
  await frame.locator('.msg.warning vscode-button').click();
  await expect(frame.locator('.msg.warning', { hasText: 'restarted' })).toBeHidden();
});

test('cancelling a run stops it, and what is scored stays', async ({ workbench }) => {
  const window = await workbench.start({}, { 'slow.candidates.jsonl': slowDataset(40) });
  const frame = await window.review('slow.candidates.jsonl', 3);
  await window.command('RewardLens: Score Candidates');
  const scored = frame.locator('.row .v', { hasText: /^\d/ });
  await expect(scored).toHaveCount(3);
  await expect(frame.locator('.dev')).toContainText(/scoring \d+ of 40/);
  await window.command('Notifications: Show Notifications');
  const notification = window.page.locator('.notifications-center .notification-list-item');
  await notification.hover();
  await notification.getByRole('button', { name: 'Cancel' }).click();
  await expect(frame.locator('.dev')).not.toContainText('scoring');
  const count = await scored.count();
  expect(count).toBeLessThan(10);
  await window.page.waitForTimeout(1500);
  expect(await scored.count()).toBe(count);
});

test('a restricted workspace: looking works, scoring and saving are off', async ({ workbench }) => {
  const window = await workbench.start({ trust: true });
  await window.openFile('everyday.candidates.jsonl');
  const frame = await window.frame('editor');
  await expect(frame.locator('.card')).toHaveCount(4);
  await expect(frame.locator('.msg', { hasText: 'scoring is off' })).toBeVisible();
  await expect(frame.locator('.view img')).toBeVisible();
  await frame.locator('.card').first().focus();
  await window.page.keyboard.press('1');
  await window.page.keyboard.press('Enter');
  await expect(frame.locator('[role=status].vh')).toContainText('Saving is off');
  expect(window.journal()).toEqual([]);
  expect(window.enginePids()).toEqual([]);
});
