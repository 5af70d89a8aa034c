// What a person sees of the engine: runs, cancelling, a crash, a restricted workspace.

import { expect, test } from './vscode';

/** Candidates of a sample that takes the engine a while, and how many words each has. */
const MANY = 20;
const LONG = 500;

/** A short sample, and then many that take a while: texts, because pictures are remembered. */
function slowDataset(samples: number): string {
  const rows = Array.from({ length: samples }, (_, n) => ({
    id: `slow-${n}`,
    prompt: `What is sold here, ${n}?`,
    candidates:
      n === 0
        ? ['Fruit.', 'Lemons, pears and apples.', 'Cars.']
        : Array.from({ length: MANY }, (_, k) => `Fruit ${k}${' and more'.repeat(LONG)}.`),
  }));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

test('an engine killed in the middle of a run: the page says so, and the run completes', async ({
  workbench,
}) => {
  const window = await workbench.start({ own: true }, { 'slow.candidates.jsonl': slowDataset(8) });
  const frame = await window.review('slow.candidates.jsonl', 3);
  await frame.locator('.card').first().focus();
  await window.page.keyboard.press('1');
  await window.command('RewardLens: Score Candidates');
  const scored = frame.locator('.row .v', { hasText: /^\d/ });
  await expect.poll(() => scored.count()).toBeGreaterThan(1);
  const [pid] = window.enginePids();
  expect(pid).toBeDefined();
  process.kill(pid ?? 0, 'SIGKILL');
  await expect(
    frame.locator('.msg.warning', { hasText: 'stopped and was restarted' }),
  ).toBeVisible();
  // deciding goes on meanwhile
  await frame.locator('.card').nth(1).focus();
  await window.page.keyboard.press('2');
  await expect(window.page.getByText(`${3 + 7 * MANY} answers scored.`).first()).toBeVisible({
    timeout: 90_000,
  });
  await expect(scored).toHaveCount(8);
  expect(window.enginePids()).toHaveLength(1);
  expect(window.enginePids()).not.toContain(pid);
  await frame.locator('.msg.warning vscode-button').click();
  await expect(frame.locator('.msg.warning', { hasText: 'restarted' })).toBeHidden();
});

test('cancelling a run stops it, and what is scored stays', async ({ workbench }) => {
  const window = await workbench.start({ own: true }, { 'slow.candidates.jsonl': slowDataset(60) });
  const frame = await window.review('slow.candidates.jsonl', 3);
  await window.command('RewardLens: Score Candidates');
  const scored = frame.locator('.row .v', { hasText: /^\d/ });
  await expect.poll(() => scored.count()).toBeGreaterThan(1);
  await expect(frame.locator('.dev')).toContainText(/scoring \d+ of 60/);
  await window.command('Notifications: Show Notifications');
  const notification = window.page.locator('.notifications-center .notification-list-item');
  await notification.hover();
  await notification.getByRole('button', { name: 'Cancel' }).click();
  await expect(frame.locator('.dev')).not.toContainText('scoring');
  const count = await scored.count();
  // the engine has nothing else to do now: what a person asks for is all that is added
  await frame
    .locator('.row')
    .filter({ hasNot: frame.locator('.v', { hasText: /^\d/ }) })
    .first()
    .click();
  await expect(frame.locator('.row[aria-selected=true] .v')).toHaveText(/^\d/, { timeout: 60_000 });
  expect(await scored.count()).toBe(count + 1);
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
  await expect(frame.locator('.dock .odd')).toHaveText('Saving is off in Restricted Mode.');
  expect(window.journal()).toEqual([]);
  expect(window.enginePids()).toEqual([]);

  // trust switches both on in what is open
  await frame.getByRole('button', { name: 'Manage workspace trust…' }).click();
  await window.page.getByRole('button', { name: 'Trust', exact: true }).click();
  await window.page.keyboard.press('Escape');
  const trusted = await window.frame('editor');
  await expect(trusted.locator('.card .val')).toHaveCount(4, { timeout: 60_000 });
  await expect(trusted.locator('.msg', { hasText: 'scoring is off' })).toBeHidden();
  await expect(trusted.locator('.dock .odd')).toBeHidden();
  await trusted.locator('.card').first().focus();
  await window.page.keyboard.press('Enter');
  await expect(trusted.locator('.bar .num')).toContainText('1 / 15');
  expect(window.journal()).toMatchObject([{ id: 'market-18', ranks: [[0]] }]);
});
