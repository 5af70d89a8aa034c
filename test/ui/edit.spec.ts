// Answers edited and written in the review, and answers pasted for a picture without any.

import fs from 'node:fs';
import type { Frame } from '@playwright/test';
import { expectNoViolations, violations } from './axe';
import { expect, test, type Window } from './vscode';

const field = (frame: Frame) => frame.locator('rl-answer-field textarea');

/** Opens the focused card for editing and replaces its text. */
async function rewrite(window: Window, frame: Frame, card: number, text: string): Promise<void> {
  await frame.locator(`[data-card="${card}"]`).focus();
  await window.page.keyboard.press('e');
  await expect(field(frame)).toBeFocused();
  await window.page.keyboard.press('ControlOrMeta+a');
  await window.page.keyboard.type(text);
}

test('an edit: scored while the typing pauses, saved, undone, redone', async ({ workbench }) => {
  const window = await workbench.start();
  const before = fs.readFileSync(window.path('everyday.candidates.jsonl'), 'utf8');
  const frame = await window.review();
  const card = frame.locator('[data-card="1"]');
  const reward = await card.locator('.val').textContent();
  // rendered, not as it is written
  await expect(card.locator('.answer strong')).not.toHaveCount(0);
  const text = (await card.locator('.answer').textContent()) ?? '';

  await rewrite(window, frame, 1, '1 lemon; press 2 for **more**.');
  await expect(card.locator('.rw .num')).toHaveText(`was ${reward}`);
  await expect(card.locator('.strip b.was')).toBeVisible();
  await expect(card.locator('.val')).toBeVisible({ timeout: 30_000 });
  await expect(card.locator('.val')).not.toHaveText(reward ?? '');
  const live = await card.locator('.val').textContent();
  expect(window.journal()).toEqual([]);

  await window.page.keyboard.press('ControlOrMeta+Enter');
  await expect(card.locator('.edits .chip')).toHaveText('edited by you');
  await expect(card).toBeFocused();
  await expect(card.locator('.val')).toHaveText(live ?? '');
  await expect(card.locator('.rw .num')).toHaveText(`was ${reward}`);
  await expect(card.locator('.answer strong')).toHaveText('more');
  expect(window.journal()).toMatchObject([
    { kind: 'edit', candidate: 1, text: '1 lemon; press 2 for **more**.', line: 1 },
  ]);

  // what it said before
  await card.locator('.more').click();
  await frame.getByRole('menuitem', { name: 'Show original' }).click();
  await expect(card.locator('.answer')).toHaveText(text);
  await card.locator('.more').click();
  await frame.getByRole('menuitem', { name: 'Show the edit' }).click();
  await expect(card.locator('.answer strong')).toHaveText('more');

  await card.getByRole('button', { name: 'Undo edit' }).click();
  await expect(card.locator('.edits')).toHaveCount(0);
  await expect(card.locator('.val')).toHaveText(reward ?? '');
  await frame.locator('[data-card="0"]').focus();
  await window.page.keyboard.press('Shift+Z');
  await expect(card.locator('.edits .chip')).toHaveText('edited by you');
  await expect(card.locator('.val')).toHaveText(live ?? '');
  expect(window.journal().map(({ kind }) => kind)).toEqual(['edit', 'undo', 'undo']);
  expect(fs.readFileSync(window.path('everyday.candidates.jsonl'), 'utf8')).toBe(before);
  expect(window.complaints).toEqual([]);
});

test('what is typed is kept over leaving, other samples and a reload', async ({ workbench }) => {
  const window = await workbench.start();
  let frame = await window.review();
  await rewrite(window, frame, 0, 'Not done');
  await window.page.keyboard.press('Escape');
  const card = frame.locator('[data-card="0"]');
  await expect(card).toBeFocused();
  await expect(card.locator('.answer')).not.toHaveText('Not done');
  await expect(card.getByRole('button', { name: 'Unsaved edit' })).toBeVisible();
  for (const key of ['j', 'k', 'a']) {
    await window.page.keyboard.press(key);
  }
  await expect(field(frame)).toBeFocused();
  await window.page.keyboard.type('Half an answer');
  await window.stored('Half an answer');

  await window.reload();
  await window.openFile('everyday.candidates.jsonl');
  frame = await window.frame('editor');
  await frame.locator('[data-card="0"]').focus();
  await window.page.keyboard.press('e');
  await expect(field(frame)).toHaveValue('Not done');
  await frame.getByRole('button', { name: 'Discard' }).click();
  await expect(frame.getByRole('button', { name: 'Unsaved edit' })).toHaveCount(0);
  await frame.getByRole('button', { name: 'Unsaved answer' }).click();
  await expect(field(frame)).toHaveValue('Half an answer');
  expect(window.journal()).toEqual([]);
});

test('an answer is written, ranked and exported; a reload keeps it', async ({ workbench }) => {
  const window = await workbench.start();
  let frame = await window.review();
  await rewrite(window, frame, 0, 'The edited one.');
  await window.page.keyboard.press('ControlOrMeta+Enter');
  await expect(frame.locator('[data-card="0"] .edits .chip')).toBeVisible();
  await frame.locator('[data-card="0"]').focus();
  await window.page.keyboard.press('a');
  await expect(field(frame)).toBeFocused();
  await window.page.keyboard.type('The written one.');
  await window.page.keyboard.press('ControlOrMeta+Enter');
  const added = frame.locator('[data-card="4"]');
  await expect(added).toBeFocused();
  await expect(added.locator('.src')).toHaveText(String(window.journal()[1]?.by));
  await expect(added.locator('.edits .chip')).toHaveText('written by you');
  await expect(added.locator('.val')).toBeVisible({ timeout: 30_000 });
  await window.page.keyboard.press('1');
  await frame.locator('[data-card="0"]').focus();
  for (const key of ['2', 'Enter']) {
    await window.page.keyboard.press(key);
  }
  await expect(frame.locator('.bar .num')).toContainText('1 / 15');
  expect(window.journal()).toMatchObject([
    { kind: 'edit', candidate: 0 },
    { kind: 'add', text: 'The written one.' },
    { kind: 'rank', ranks: [[4], [0]], unranked: [1, 2, 3] },
  ]);

  await window.reload();
  await window.openFile('everyday.candidates.jsonl');
  frame = await window.frame('editor');
  await frame.locator('#row-0').click();
  await expect(frame.locator('[data-card="4"] .answer')).toHaveText('The written one.');
  await expect(frame.locator('[data-card="4"] .you')).toContainText('1st');
  await expect(frame.locator('[data-card="0"] .answer')).toHaveText('The edited one.');

  await frame.getByRole('button', { name: 'Export preference pairs' }).click();
  await window.chooseExport('My verdicts', 'TRL, conversational', 'All pairs');
  const where = window.page.locator('.quick-input-widget input.input');
  await expect(where).toHaveValue(/everyday\.pairs\.jsonl$/);
  await where.press('Enter');
  await expect(
    window.page.getByText('1 of them with answers edited or written in the review.').first(),
  ).toBeVisible();
  const pairs = fs.readFileSync(window.path('everyday.pairs.jsonl'), 'utf8');
  expect(JSON.parse(pairs)).toMatchObject({
    chosen: [{ content: [{ text: 'The written one.' }] }],
    rejected: [{ content: [{ text: 'The edited one.' }] }],
    edited_chosen: true,
    edited_rejected: true,
  });

  // the last written one can be taken away
  await frame.locator('[data-card="4"]').getByRole('button', { name: 'Remove' }).click();
  await expect(frame.locator('.card')).toHaveCount(4);
});

test('edits in the side panel, and the editor keeps in step', async ({ workbench }) => {
  const window = await workbench.start();
  const panel = await window.followPicture('market.png', 4);
  await rewrite(window, panel, 2, 'From the panel.');
  await window.page.keyboard.press('ControlOrMeta+Enter');
  await expect(panel.locator('[data-card="2"] .edits .chip')).toHaveText('edited by you');
  await expect(panel.locator('[data-card="2"]')).toBeFocused();
  const editor = await window.review();
  await expect(editor.locator('[data-card="2"] .answer')).toHaveText('From the panel.');
  await editor.locator('[data-card="2"]').getByRole('button', { name: 'Undo edit' }).click();
  await expect(panel.locator('[data-card="2"] .edits')).toHaveCount(0);
  expect(window.complaints).toEqual([]);
});

test('answers are pasted for a picture that has none', async ({ workbench }) => {
  const window = await workbench.start();
  await window.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  fs.copyFileSync(window.path('img/fish.png'), window.path('img/lonely.png'));
  fs.writeFileSync(window.path('img/lonely.candidates.jsonl'), 'mine\n');
  await window.openFile('lonely.png');
  await window.command('RewardLens: Focus on Responses View');
  const panel = await window.frame('panel');
  await expect(panel.locator('.scount')).toHaveText('No answers for this file yet');
  expect(await violations(panel)).toEqual([]);
  await window.page.evaluate(() => navigator.clipboard.writeText('A fish.\n---\nTwo\n\nfish.'));
  await panel.getByRole('button', { name: 'Paste answers…' }).click();
  const input = window.page.locator('.quick-input-widget input.input');
  await expect(window.page.getByText('What was asked about lonely.png?')).toBeVisible();
  await input.fill('What swims here?');
  await input.press('Enter');
  const rows = window.page.locator('.quick-input-list .monaco-list-row');
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText('2. Two');
  await input.press('Enter');
  // a file of that name is there already
  await expect(input).toHaveValue('lonely-2');
  await input.press('Enter');
  await expect(panel.locator('.card')).toHaveCount(2, { timeout: 30_000 });
  await expect(panel.locator('.prompt').first()).toHaveText('What swims here?');
  expect(fs.readFileSync(window.path('img/lonely.candidates.jsonl'), 'utf8')).toBe('mine\n');
  expect(JSON.parse(fs.readFileSync(window.path('img/lonely-2.candidates.jsonl'), 'utf8'))).toEqual(
    {
      id: 'lonely',
      prompt: 'What swims here?',
      images: ['lonely.png'],
      candidates: [{ text: 'A fish.' }, { text: 'Two\n\nfish.' }],
    },
  );
  expect(window.complaints).toEqual([]);
});

test('in Restricted Mode nothing is edited or pasted, and that is said', async ({ workbench }) => {
  const window = await workbench.start({ trust: true });
  fs.copyFileSync(window.path('img/fish.png'), window.path('img/lonely.png'));
  await window.openFile('everyday.candidates.jsonl');
  const frame = await window.frame('editor');
  await frame.locator('[data-card="0"]').focus();
  await window.page.keyboard.press('e');
  await expect(frame.locator('[role=status].vh')).toHaveText('Saving is off in Restricted Mode.');
  await expect(frame.getByRole('button', { name: 'Write an answer' })).toHaveCount(0);
  await window.openFile('lonely.png');
  await window.command('RewardLens: Focus on Responses View');
  const panel = await window.frame('panel');
  await panel.getByRole('button', { name: 'Paste answers…' }).click();
  await expect(
    window.page
      .getByText('Pasting answers writes a file, which is off in Restricted Mode.')
      .first(),
  ).toBeVisible();
});

test('no violations while editing, in any theme', async ({ workbench }) => {
  const window = await workbench.start();
  const shot = async (name: string): Promise<void> => {
    await window.page.screenshot({ path: test.info().outputPath(`${name}.png`) });
  };
  const panel = await window.followPicture('market.png', 4);
  await rewrite(window, panel, 1, 'Edited in the panel.');
  await expect(panel.locator('[data-card="1"] .rw .num')).toHaveText(/^was /);
  await expect(panel.locator('[data-card="1"] .val')).toBeVisible({ timeout: 30_000 });
  await expectNoViolations(window, panel, (name) => shot(`panel.${name}`));
  await window.page.keyboard.press('ControlOrMeta+Enter');
  await expect(panel.locator('.edits .chip')).toBeVisible();
  await shot('panel-saved');

  const editor = await window.review();
  await rewrite(window, editor, 0, 'Edited in the editor,\n\n- with a list');
  await expect(editor.locator('[data-card="0"] .rw .num')).toHaveText(/^was /);
  await expect(editor.locator('[data-card="0"] .val')).toBeVisible({ timeout: 30_000 });
  await expectNoViolations(window, editor, (name) => shot(`editor.${name}`));
  await window.page.keyboard.press('ControlOrMeta+Enter');
  await expect(editor.locator('[data-card="0"] .edits .chip')).toBeVisible();
  await editor.locator('[data-card="0"]').focus();
  await window.page.keyboard.press('a');
  await expect(field(editor)).toBeFocused();
  await window.page.keyboard.type('A new one.');
  await expectNoViolations(window, editor, (name) => shot(`editor-new.${name}`));
  expect(window.complaints).toEqual([]);
});
