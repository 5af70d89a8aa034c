// The statistics page in a real VS Code.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { journalOf, judgedSamples, toRows, type Judge } from '../support/judgedDataset';
import { expectNoViolations } from './axe';
import { expect, rewardsByCommand, test, type Window, type Workbench } from './vscode';

const FILE = 'judged.candidates.jsonl';
const samples = judgedSamples(80);
const JUDGES: readonly Judge[] = [
  {
    name: os.userInfo().username,
    from: 0,
    to: 60,
    blind: (n) => n % 2 === 0,
    accepted: (n) => n >= 50,
  },
  { name: 'noor', from: 20, to: 70 },
];

let rewards: ReadonlyMap<string, readonly number[]> | undefined;

/** By the command line, once for all tests. */
function knownRewards(): ReadonlyMap<string, readonly number[]> {
  if (rewards === undefined) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-judged-'));
    const file = path.join(folder, FILE);
    fs.writeFileSync(file, toRows(samples));
    rewards = rewardsByCommand(file);
    fs.rmSync(folder, { recursive: true });
  }
  return rewards;
}

async function openJudged(workbench: Workbench): Promise<Window> {
  const entries = journalOf(samples, knownRewards(), 1.5, JUDGES);
  const window = await workbench.start(
    { own: true },
    {
      [FILE]: toRows(samples),
      [`${FILE}.review.jsonl`]: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    },
  );
  await window.openFile(FILE);
  await window.frame('editor');
  return window;
}

async function scoreAll(window: Window): Promise<void> {
  const frame = await window.frame('statistics');
  await frame.getByRole('button', { name: 'Score the others' }).click();
  const tab = window.page.getByRole('tab', { name: `Statistics of ${FILE}` });
  await expect(async () => {
    await tab.click();
    const shown = await window.frame('statistics');
    await expect(shown.locator('.lacks')).toHaveCount(0, { timeout: 2000 });
  }).toPass({ timeout: 120_000 });
}

test('statistics by verdicts and rewards: figures, tables, selection, live', async ({
  workbench,
}, info) => {
  const window = await openJudged(workbench);
  const editor = await window.frame('editor');
  await editor.getByRole('button', { name: 'Show statistics' }).click();
  let frame = await window.frame('statistics');
  // nothing is scored: what needs no rewards is there, and the page says what is lacking
  await expect(frame.locator('.kpi').first()).toContainText('70 of 80, you 60, noor 50');
  await expect(frame.locator('.lacks')).toContainText('of 80 samples are known');
  // the sample that was open may have its rewards
  const few = frame.locator('.fig', { hasText: 'Reliability' }).locator('.few');
  await expect(few).toHaveText(/^Too few: [06] of 30 pairs$/);
  await info.attach('unscored', { body: await window.page.screenshot(), contentType: 'image/png' });

  await scoreAll(window);
  frame = await window.frame('statistics');
  const kpi = (name: string) => frame.locator('.kpi', { hasText: name });
  // 50 own votes of each of both, six pairs each
  await expect(kpi('Model agrees with everybody')).toContainText('600 pairs');
  await expect(kpi('Temperature')).toContainText('600 pairs');
  await expect(kpi('Length and reward')).toContainText('320 answers');
  await expect(frame.locator('.plot svg')).toHaveCount(6);
  await info.attach('dark', { body: await window.page.screenshot(), contentType: 'image/png' });

  // by keys: choose whose verdicts count
  await frame.getByRole('button', { name: 'Judged by: Everybody' }).click();
  await frame.getByRole('menuitemradio', { name: 'You' }).click();
  await expect(kpi('Model agrees with you')).toContainText('300 pairs');

  // arrows read the values of a chart
  const chart = frame
    .locator('#agreement-title')
    .locator('xpath=ancestor::section')
    .locator('.plot');
  await chart.focus();
  await window.page.keyboard.press('ArrowRight');
  const reading = frame
    .locator('section', { has: frame.locator('#agreement-title') })
    .locator('.reading');
  await expect(reading).toContainText('Pairwise, own votes · Value 0.');
  await expect(reading).toContainText('Pairs 300 · Samples 50');

  // as a table, copied with all digits
  const section = frame.locator('section', { has: frame.locator('#agreement-title') });
  await section.getByRole('button', { name: 'Table' }).click();
  await expect(section.locator('tbody tr').nth(1)).toContainText('Pairwise, blind only');
  await section.getByRole('button', { name: 'Copy as CSV' }).click();
  await expect(frame.locator('.vh[role=status]')).toHaveText('Copied.');
  await section.getByRole('button', { name: 'Chart' }).click();

  // a picture, as a file that needs no page
  await section.getByRole('button', { name: 'Save picture' }).click();
  const input = window.page.locator('.quick-input-widget input.input');
  await expect(input).toHaveValue(/judged\.agreement\.svg$/);
  await window.page.keyboard.press('Enter');
  await expect.poll(() => fs.existsSync(window.path('judged.agreement.svg'))).toBe(true);
  const svg = fs.readFileSync(window.path('judged.agreement.svg'), 'utf8');
  expect(svg).toContain('Pairwise, own votes');
  expect(svg).not.toMatch(/var\(|style=|class=/);

  // one more verdict: the margin of a sample is a chance now, and the page follows
  await frame.getByRole('button', { name: 'Back to review' }).click();
  const review = await window.frame('editor');
  await review.locator('.card').first().focus();
  await window.page.keyboard.press('u');
  await expect(review.locator('.card .val')).toHaveCount(4);
  const facts = review.locator('.facts');
  await expect(facts).toContainText(
    /\d+\s%: chance that you would choose [A-D] over [A-D]\. Fitted on 300 of your pairs \(T = \d/,
  );
  await info.attach('chance', { body: await window.page.screenshot(), contentType: 'image/png' });
  for (const key of ['1', '2', '3', '4', 'Enter']) {
    await window.page.keyboard.press(key);
  }
  await expect(review.locator('.bar .num')).toContainText('61');
  await review.getByRole('button', { name: 'Show statistics' }).click();
  frame = await window.frame('statistics');
  await expect(kpi('Model agrees with you')).toContainText('306 pairs');
  expect(window.complaints).toEqual([]);
});

test('no violations on the statistics page, in any theme', async ({ workbench }, info) => {
  const window = await openJudged(workbench);
  await window.command('RewardLens: Show Statistics');
  await scoreAll(window);
  const frame = await window.frame('statistics');
  await expect(frame.locator('.plot svg')).toHaveCount(6);
  await expectNoViolations(window, frame, async (name) =>
    info.attach(name, { body: await window.page.screenshot(), contentType: 'image/png' }),
  );
  for (const button of await frame.getByRole('button', { name: 'Table', exact: true }).all()) {
    await button.click();
  }
  await expect(frame.locator('table')).toHaveCount(6);
  await expectNoViolations(window, frame);
  expect(window.complaints).toEqual([]);
});
