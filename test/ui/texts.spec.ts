// Texts of answers: markdown, formulas, code, marks, and very long ones.

import { violations } from './axe';
import { expect, test } from './vscode';

const lines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const DRESSED = [
  '## Sum',
  'The **total** is \\(4 \\cdot 0.80 = 3.20\\), not $5 or $6.',
  '| Item | Price |\n|---|--:|\n| Lemons | 0.80 |',
  '```python\nprint("3.20")\n```',
  '- one\n- two',
  '$$\\frac{1}{2}$$',
  'See [the list](https://example.com/list).',
].join('\n\n');

const ROW = {
  id: 'dressed',
  prompt: 'What do four lemons cost?',
  candidates: [DRESSED, 'The total is 3.20, not 5.', 'The total is 3.20, not 6.'],
};

/** Texts under the marks, card by card. */
const MARKED = `[...(CSS.highlights.get('rewardlens-marks') ?? [])]
  .map((range) => [Number(range.startContainer.parentElement.closest('[data-card]').dataset.card), range.toString()])
  .sort(([a], [b]) => a - b)`;

test('markdown, formulas and code are rendered, and counted', async ({ workbench }) => {
  const window = await workbench.start({}, { 'texts.candidates.jsonl': lines([ROW]) });
  const frame = await window.review('texts.candidates.jsonl', 3);
  const card = frame.locator('[data-card="0"]');
  await expect(card.locator('.answer strong')).toHaveText('total');
  await expect(card.locator('.answer td.align-right')).toHaveText('0.80');
  await expect(card.locator('.answer pre .hljs-string')).toHaveText('"3.20"');
  await expect(card.locator('.answer .mathblock mfrac')).toBeVisible();
  await expect(card.locator('.answer math')).toHaveCount(2);
  await expect(card.locator('.answer p').first()).toContainText('not $5 or $6.');
  await expect(card.locator('.answer a')).toHaveAttribute('title', 'https://example.com/list');
  await expect(card.locator('.cnt')).toContainText(
    '1 heading · 1 list · 1 table · 1 code block · 2 formulas · 1 bold',
  );
  expect(await violations(frame)).toEqual([]);

  await card.focus();
  await window.page.keyboard.press('r');
  await expect(card.locator('.answer .plain')).toHaveText(DRESSED, { useInnerText: true });
  await expect(frame.getByRole('button', { name: 'Texts as they are written' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  // remembered

  await window.stored('"raw":true');
  await window.reload();
  await window.openFile('texts.candidates.jsonl');
  await expect((await window.frame('editor')).locator('.answer .plain')).toHaveCount(3);
  expect(window.complaints).toEqual([]);
});

test('words that the base lacks are marked: best, pinned, none', async ({ workbench }) => {
  const rows = [{ ...ROW, candidates: ROW.candidates.slice(1) }];
  const window = await workbench.start(
    { settings: { 'rewardlens.review.readMarks': true } },
    { 'texts.candidates.jsonl': lines(rows) },
  );
  const frame = await window.review('texts.candidates.jsonl', 2);
  await frame.locator('[data-card="1"]').focus();
  await window.page.keyboard.press('p');
  await expect(frame.locator('.ctools .sel')).toContainText('not in B (pinned)');
  await expect.poll(() => frame.evaluate(MARKED)).toEqual([[0, '5']]);
  // where they begin and end is heard, as was asked for, and not seen
  const answer = frame.locator('[data-card="0"] .answer');
  await expect(answer).toHaveText('The total is 3.20, not only here 5 end .');
  await expect(answer.locator('.uncopied')).toHaveText(['only here', 'end']);
  await window.page.keyboard.press('ArrowLeft');
  await window.page.keyboard.press('p');
  await expect.poll(() => frame.evaluate(MARKED)).toEqual([[1, '6']]);
  await window.page.keyboard.press('d');
  await expect.poll(() => frame.evaluate(MARKED)).toEqual([]);
  await expect(frame.locator('.uncopied')).toHaveCount(0);
  await expect(answer).toHaveText('The total is 3.20, not 5.');
  await expect(frame.locator('.ctools .sel')).toHaveText('No marks');
  await frame.locator('.ctools .sel').click();
  await frame.getByRole('menuitemradio', { name: 'Words that the best answer lacks' }).click();
  await expect(frame.locator('.ctools .sel')).toContainText('(best)');
  await expect.poll(() => frame.evaluate(MARKED)).toHaveLength(1);
});

test('a very long answer is shown in part, and whole when that is wanted', async ({
  workbench,
}) => {
  const long = Array.from(
    { length: 800 },
    (_, n) => `Paragraph ${n}: ten more words are needed to fill this line.`,
  );
  const row = { id: 'long', prompt: 'Tell me all.', candidates: [long.join('\n\n'), 'No.'] };
  const window = await workbench.start(
    { settings: { 'rewardlens.scoring.scoreOnOpen': false } },
    { 'texts.candidates.jsonl': lines([row]) },
  );
  await window.openFile('texts.candidates.jsonl');
  const frame = await window.frame('editor');
  const paragraphs = frame.locator('[data-card="0"] .answer p');
  await expect.poll(() => paragraphs.count()).toBeGreaterThan(100);
  expect(await paragraphs.count()).toBeLessThan(250);
  await frame.getByRole('button', { name: 'Show all 8,800 words' }).click();
  await expect(paragraphs).toHaveCount(800);
  await expect(frame.getByRole('button', { name: 'Show less' })).toBeAttached();
});
