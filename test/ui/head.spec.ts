// A head that learns from the person's verdicts, in a real VS Code: fitted, shown, saved, used, left.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { NODE, ROOT } from '../harness/setup.mjs';
import { hashOf, judgedSamples, toRows } from '../support/judgedDataset';
import { expect, shown, test } from './vscode';

const FILE = 'judged.candidates.jsonl';
const HEAD = 'judged.head.json';
const samples = judgedSamples(60);
const PAIRS_PER_SAMPLE = 6;

/** A person who prefers the shorter of two answers. */
function shortVerdicts(count: number): string {
  return samples
    .slice(0, count)
    .map((sample, n) => {
      const ranks = sample.candidates
        .map(({ text }, index) => ({ index, length: text.length }))
        .sort((a, b) => a.length - b.length || a.index - b.index)
        .map(({ index }) => [index]);
      return `${JSON.stringify({
        ...{ v: 1, uid: `v${n}`, at: '2026-11-24T08:00:00Z', by: os.userInfo().username },
        ...{ id: sample.id, line: sample.line, sampleHash: hashOf(sample), kind: 'rank', ranks },
        ...{ unranked: [], accepted: false, blind: false, shown: [0, 1, 2, 3], ms: 4000 },
      })}\n`;
    })
    .join('');
}

/** Rewards of the first sample, by the command line under a head. */
function rewardsUnder(head: string, file: string): readonly number[] {
  const { stdout } = spawnSync(
    NODE,
    [path.join(ROOT, 'dist/cli.js'), 'score', file, '--head', head],
    { encoding: 'utf8', env: { ...process.env, REWARDLENS_MODEL: '' } },
  );
  return (JSON.parse(stdout.split('\n')[0] ?? '') as { rewards: number[] }).rewards;
}

const dialog = (page: Page) => page.locator('.monaco-dialog-box');

test('a head is fitted on the verdicts, shown with its gain, saved, used, and left again', async ({
  workbench,
}, info) => {
  const window = await workbench.start(
    { own: true },
    { [FILE]: toRows(samples), [`${FILE}.review.jsonl`]: shortVerdicts(50) },
  );
  const { page } = window;
  const frame = await window.review(FILE, 4);
  const values = frame.locator('.card .val');
  const before = await values.allTextContents();
  const status = page.locator('.statusbar-item', { hasText: 'demo model' });
  await expect(status).not.toContainText('head');

  await window.command('RewardLens: Fit Head on My Verdicts…');
  await expect(dialog(page)).toBeVisible({ timeout: 120_000 });
  const text = (await dialog(page).textContent()) ?? '';
  expect(text).toContain(`${50 * PAIRS_PER_SAMPLE} pairs of 50 prompts`);
  expect(text).toMatch(/Published head: agrees with \d+\.\d % of them/);
  expect(text).toMatch(/Gain: [+−]\d+\.\d points \(95 % interval [+−]\d+\.\d to [+−]\d+\.\d\)/);
  await info.attach('figures', { body: await page.screenshot(), contentType: 'image/png' });
  expect(fs.existsSync(window.path(HEAD))).toBe(false);

  await dialog(page).getByRole('button', { name: 'Use This Head…' }).click();
  const input = page.locator('.quick-input-widget input.input');
  await expect(input).toHaveValue(new RegExp(`${HEAD}$`));
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toContainText(`Score with ${HEAD} from now on?`);
  await expect(dialog(page)).toContainText('It takes the place of the published head.');
  // saved, and not used yet
  expect(fs.existsSync(window.path(HEAD))).toBe(true);
  expect(await values.allTextContents()).toEqual(before);
  await dialog(page).getByRole('button', { name: 'Use in This Workspace' }).click();

  const expected = rewardsUnder(window.path(HEAD), window.path(FILE)).map(shown);
  expect(expected).not.toEqual(before);
  await expect.poll(() => values.allTextContents(), { timeout: 60_000 }).toEqual(expected);
  await expect(status).toContainText(`head ${HEAD}`);
  await expect(frame.locator('.bar')).toContainText(`head ${HEAD}`);
  const settings = window.path('.vscode/settings.json');
  expect(JSON.parse(fs.readFileSync(settings, 'utf8'))).toEqual({
    'rewardlens.model.headFile': window.path(HEAD),
  });
  await info.attach('used', { body: await page.screenshot(), contentType: 'image/png' });

  // a head that can't be used: no reward takes its place, and what to do is said
  const other = window.path('other.head.json');
  fs.writeFileSync(other, '{}');
  fs.writeFileSync(settings, JSON.stringify({ 'rewardlens.model.headFile': 'other.head.json' }));
  await expect(frame.locator('.card').first()).toContainText(`${other}: not a head file`, {
    timeout: 60_000,
  });
  await expect(frame.locator('.card').first()).toContainText(
    'clear the setting rewardlens.model.headFile: then the published head scores.',
  );
  await expect(values).toHaveCount(0);
  await info.attach('refused', { body: await page.screenshot(), contentType: 'image/png' });

  fs.writeFileSync(settings, '{}');
  await expect.poll(() => values.allTextContents(), { timeout: 60_000 }).toEqual(before);
  await expect(frame.locator('.bar')).not.toContainText('head');
  expect(window.complaints).toEqual([]);
});

test('with too few verdicts it says how many are lacking', async ({ workbench }, info) => {
  const window = await workbench.start(
    {},
    { [FILE]: toRows(samples), [`${FILE}.review.jsonl`]: shortVerdicts(3) },
  );
  await window.openFile(FILE);
  const frame = await window.frame('editor');
  await frame.getByRole('button', { name: 'More', exact: true }).click();
  await window.page
    .locator('.quick-input-list .monaco-list-row', { hasText: 'Fit a head on my verdicts…' })
    .click();
  const text = 'Too few: 18 of 30 pairs. 12 more are needed. Rank the answers of more samples.';
  await window.command('Notifications: Show Notifications');
  await expect(window.page.locator('.notifications-center')).toContainText(text);
  await info.attach('too-few', { body: await window.page.screenshot(), contentType: 'image/png' });
  expect(window.complaints).toEqual([]);
});
