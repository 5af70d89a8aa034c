// Why an answer has its reward: sentences, picture, style, regions.

import fs from 'node:fs';
import path from 'node:path';
import type { Frame, TestInfo } from '@playwright/test';
import { ROOT } from '../harness/setup.mjs';
import { sentencesOf } from '../../src/sample/sentences';
import { expectNoViolations, violations } from './axe';
import { expect, test, type Window } from './vscode';

/** Three shapes described; what answer B says second is false. */
const DESCRIBE_ROW = '#row-7';

/** The samples that the demo model can judge. */
async function openShapes(window: Window): Promise<Frame> {
  fs.cpSync(path.join(ROOT, 'media/samples'), window.workspace, { recursive: true });
  const frame = await window.review('shapes.candidates.jsonl', 4);
  await frame.locator(DESCRIBE_ROW).click();
  await expect(frame.locator('.queue .row[aria-selected=true]')).toContainText('describe-07');
  await expect(frame.locator('.prompt')).toHaveText('Describe the picture.');
  await expect(frame.locator('.card .val')).toHaveCount(4);
  return frame;
}

async function press(window: Window, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await window.page.keyboard.press(key);
  }
}

/** Asks which region counts; on a busy machine the page asks back, as it takes more than a moment. */
async function askForRegions(frame: Frame): Promise<void> {
  const why = frame.locator('.media rl-why');
  await why.getByRole('button', { name: 'Which region' }).click();
  const go = why.getByRole('button', { name: 'Start', exact: true });
  const regions = frame.locator('.covers b');
  await expect(go.or(regions.first())).toBeVisible({ timeout: 60_000 });
  if (await go.isVisible()) {
    await go.click();
  }
  await expect(regions).toHaveCount(16, { timeout: 60_000 });
}

const shooter =
  (window: Window, info: TestInfo) =>
  async (name: string): Promise<void> => {
    await info.attach(name, { body: await window.page.screenshot(), contentType: 'image/png' });
  };

test('the reward after each sentence, below the text and in it', async ({ workbench }, info) => {
  const window = await workbench.start();
  const frame = await openShapes(window);
  const shot = shooter(window, info);
  const card = frame.locator('.card[data-card="1"]');
  const reward = (await card.locator('.val').textContent()) ?? '';
  await card.focus();
  await press(window, 'x');
  const strip = card.locator('rl-sentence-strip');
  await expect(strip.getByRole('img')).toHaveAccessibleName(
    /^Answer B\. Reward after each sentence\. 1: \S+, 2: \S+, 3: \S+\. biggest drop −\d+\.\d\d, sentence 2\.$/,
  );
  // the last step is the answer's own reward
  await expect(strip.locator('svg .here').last()).toHaveText(reward);
  await expect(card.locator('.sn')).toHaveCount(3);
  await expect(card.locator('.dropnote')).toHaveText(/^−\d+\.\d\d, biggest drop$/);
  await expect(card.locator('.fall')).toHaveCount(1);
  await expect(card).toBeFocused();
  await shot('card');
  expect(await violations(frame)).toEqual([]);

  // sentence by sentence with the keys, and with the pointer in strip and text
  await press(window, ']', ']');
  await expect(strip.locator('.striphead')).toHaveText(
    /^\s*Sentence 2 of 3: \S+, −\S+, biggest drop\s*$/,
  );
  await expect(strip.locator('.looked')).toHaveCount(1);
  await press(window, '[');
  await expect(strip.locator('.striphead')).toHaveText(/^\s*Sentence 1 of 3: \S+\s*$/);
  // a number stands on a line of its own, above the words
  await card
    .locator('.sn')
    .last()
    .hover({ position: { x: 40, y: 16 }, force: true });
  await expect(strip.locator('.striphead')).toHaveText(/^\s*Sentence 3 of 3/);
  await shot('looked');
  await strip.locator('svg').hover({ position: { x: 60, y: 50 } });
  await expect(strip.locator('.striphead')).toHaveText(/^\s*Sentence 1 of 3/);
  // as it is written the sentences are the same
  await card.focus();
  await press(window, 'r');
  await expect(card.locator('.sn')).toHaveCount(3);
  await press(window, 'r', 'x');
  await expect(strip).toHaveCount(0);
  await expect(card.locator('.sn')).toHaveCount(0);
  await expect(card.locator('.dropnote')).toHaveCount(0);

  // both of a comparison on one scale
  await press(window, 'c', 'x');
  await expect(frame.locator('.pane rl-sentence-strip svg')).toHaveCount(2);
  const axes = await frame
    .locator('.pane rl-sentence-strip')
    .evaluateAll((strips) =>
      strips.map((each) =>
        [...each.querySelectorAll('.grid + .axis')].map((label) => label.textContent),
      ),
    );
  expect(axes[0]).toHaveLength(3);
  expect(axes[0]).toEqual(axes[1]);
  await frame.locator('.pane').first().getByRole('button', { name: 'Without the picture' }).click();
  await expect(frame.locator('.pane').first().locator('.results')).toContainText(
    'without the picture',
  );
  await shot('compare');
  expect(await violations(frame)).toEqual([]);
  await press(window, 'Escape');
  expect(window.complaints).toEqual([]);
});

test('picture, style and regions: buttons become lines', async ({ workbench }, info) => {
  const window = await workbench.start();
  const frame = await openShapes(window);
  const shot = shooter(window, info);
  await frame.locator('.card[data-card="0"]').focus();
  const why = frame.locator('.media rl-why');
  await expect(why.getByRole('group')).toHaveAccessibleName('Why this reward? Answer A');
  await expect(why.getByRole('button')).toHaveCount(4);
  await shot('buttons');

  await why.getByRole('button', { name: 'Without the picture' }).click();
  const grounding = why.locator('[data-check=grounding]');
  await expect(grounding.locator('.what')).toHaveText(
    /^\s*Without the picture: \S+ → \S+ \([+−]\d+\.\d\d\)\s*$/,
  );
  // focus stays with what stands where the button stood
  await expect(grounding.getByRole('button', { name: 'Hide: Without the picture' })).toBeFocused();
  await expect(grounding.locator('tbody tr')).toHaveCount(2);
  await press(window, 'Enter');
  await expect(grounding.locator('table')).toHaveCount(0);

  await why.getByRole('button', { name: 'Without style and length' }).click();
  await expect(why.locator('[data-check=style] .what')).toHaveText(/cut to \S’s length/);

  await askForRegions(frame);
  const map = frame.locator('.covers');
  await expect(map).toHaveAccessibleName(
    /^Change of the reward with each region covered\. Row 1: /,
  );
  await expect(map.locator('.peak')).toHaveCount(1);
  await expect(why.locator('[data-check=occlusion] .what')).toHaveText(
    /^\s*Which region: row \d, column \d moves it most, [+−]\d+\.\d\d\s*$/,
  );
  await shot('map');
  expect(await violations(frame)).toEqual([]);
  // another answer has results of its own
  await frame.locator('.card[data-card="2"]').focus();
  await expect(why.getByRole('group')).toHaveAccessibleName('Why this reward? Answer C');
  await expect(map).toHaveCount(0);
  await expect(why.getByRole('button')).toHaveCount(4);
  await frame.locator('.card[data-card="0"]').focus();
  await why.getByRole('button', { name: 'Hide: Which region' }).click();
  await expect(map).toHaveCount(0);

  // a blind sample tells nothing of its rewards
  await press(window, 'h');
  await frame.locator('#row-8').click();
  await expect(frame.locator('.card')).not.toHaveCount(0);
  await expect(frame.locator('.prompt')).not.toHaveText('Describe the picture.');
  await expect(why.getByRole('button')).toHaveCount(0);
  await frame.locator('.card').first().focus();
  await press(window, 'x');
  await expect(frame.locator('rl-live-regions')).toContainText('Rewards appear after you save.');
  expect(window.complaints).toEqual([]);
});

/** What markdown has that a cut must not fall into. */
const RICH = [
  '# Two things. Or three\n\nFirst **this.** Then _that._ See [a page. It is long](http://a.b/c) now.',
  '1. A cat. It sits.\n   - a tail. Long.\n   - ears\n2. A mat\n\n   A paragraph in it. Two.\n\n> Quoted. Twice.',
  'A table:\n\n| a | b |\n|---|---|\n| C. D. | e |\n\n```js\none(); // A. B.\n```\n\nAfter. Done.',
  'Let $x. Y$ be. Then \\(z\\). So:\n\n$$\na. B\n$$\n\nUse `f. G` here. \\*No\\* &amp; yes. End',
  'One line.\r\nAnother one.\r\n\r\n\u202eTurned. “Said.” She left… Then? Yes!',
  '---\n\n**Bold: it is so.** *Also. This.* e.g. 1.50 each. ~~Gone. Away.~~',
];

test('the numbers beside a text are those of its curve, rendered and raw', async ({
  workbench,
}) => {
  const row = { id: 'rich', prompt: 'p', candidates: RICH.map((text) => ({ text })) };
  const window = await workbench.start({}, { 'rich.candidates.jsonl': `${JSON.stringify(row)}\n` });
  const frame = await window.review('rich.candidates.jsonl', RICH.length);
  for (const [n, text] of RICH.entries()) {
    const card = frame.locator(`.card[data-card="${n}"]`);
    await card.focus();
    await press(window, 'x');
    const count = sentencesOf(text).length;
    await expect(card.locator('rl-sentence-strip .dot')).toHaveCount(count);
    await expect(card.locator('.sn'), text).toHaveCount(count);
  }
  await press(window, 'r');
  for (const [n, text] of RICH.entries()) {
    await expect(frame.locator(`.card[data-card="${n}"] .sn`), text).toHaveCount(
      sentencesOf(text).length,
    );
  }
  expect(window.complaints).toEqual([]);
});

test('no violations in any theme', async ({ workbench }, info) => {
  const window = await workbench.start();
  const frame = await openShapes(window);
  await frame.locator('.card[data-card="1"]').focus();
  await press(window, 'x');
  await expect(frame.locator('.dropnote')).toHaveCount(1);
  const why = frame.locator('.media rl-why');
  for (const check of ['Without the picture', 'Without style and length']) {
    await why.getByRole('button', { name: check }).click();
  }
  await askForRegions(frame);
  await press(window, ']', ']');
  await expectNoViolations(window, frame, shooter(window, info));
  expect(window.complaints).toEqual([]);
});
