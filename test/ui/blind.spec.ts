// Blind and shuffled samples in a real VS Code.

import type { Frame } from '@playwright/test';
import { expectNoViolations, violations } from './axe';
import { expect, shown, rewardsByCommand, test, type Window } from './vscode';

const IDS = ['market-18', 'market-22', 'shapes-55', 'shapes-56', 'chart-04'];

/** The sample is there: the queue names it a moment before. */
async function expectShown(frame: Frame, id: string): Promise<void> {
  const line = String(IDS.indexOf(id) + 1);
  await expect(frame.locator('.answers')).toHaveAttribute('data-line', line);
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText(id);
}

/** What the answers say, rendered already or not yet. */
async function texts(frame: Frame): Promise<string[]> {
  const all = await frame.locator('.card .cb').allInnerTexts();
  return all.map((text) => text.replaceAll('*', '').trim());
}

async function press(window: Window, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await window.page.keyboard.press(key);
  }
}

/** Nothing of sources and rewards, for eyes, pointers or screen readers. */
async function expectBlind(frame: Frame): Promise<void> {
  await expect(frame.locator('.blindnote')).toContainText('Blind.');
  await expect(frame.locator('.card .src').first()).toHaveText('source hidden');
  for (const absent of ['.rw', '.val', '.strip', '.mr', '.mg']) {
    await expect(frame.locator(`.card ${absent}`)).toHaveCount(0);
  }
  await expect(frame.locator('.dock')).not.toContainText(/Model|Accept/);
  const all = await frame.locator('main').evaluate((main) => main.outerHTML);
  expect(all).not.toMatch(/aster-8b|birch-7b|cedar-4b|dogwood-26b|to best|Margin 1st/);
  const name = /^Answer A\. Source and reward hidden\. /;
  expect(await frame.locator('[data-card="0"]').getAttribute('aria-label')).toMatch(name);
}

/** Sources and rewards of all answers, each on the card of its text. */
async function expectRevealed(
  window: Window,
  frame: Frame,
  id: string,
  order: readonly number[],
): Promise<void> {
  const rewards = rewardsByCommand(window.path('everyday.candidates.jsonl')).get(id) ?? [];
  await expect(frame.locator('.card .val')).toHaveText(
    order.map((index) => shown(rewards[index] ?? NaN)),
    { timeout: 60_000 },
  );
  await expect(frame.locator('.card .src').first()).toHaveText(/-\d+b$/);
}

/** Blind and Shuffle on, and the second sample shown. */
async function goBlind(window: Window): Promise<Frame> {
  const frame = await window.review();
  await frame.locator('.card').first().focus();
  await press(window, 'h');
  const blind = frame.getByRole('button', { name: 'Blind', exact: true });
  await expect(blind).toHaveAttribute('aria-pressed', 'true');
  await expect(frame.locator('[role=status].vh')).toContainText('Blind from the next sample');
  // what was seen is not hidden again
  await expect(frame.locator('.card .val')).toHaveCount(4);
  await expect(frame.locator('.blindnote')).toContainText('Not blind.');
  await frame.getByRole('button', { name: 'Shuffle', exact: true }).click();
  await expect(frame.getByRole('button', { name: 'Shuffle', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await frame.locator('.card').first().focus();
  await press(window, 'j');
  await expectShown(frame, 'market-22');
  return frame;
}

test('blind and shuffled: rank, save, reveal in place, go on', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await goBlind(window);
  await expectBlind(frame);
  // its margin is known, and not told
  await expect(frame.locator('.qhead')).toContainText('margins hidden');
  await expect(frame.locator('#row-1 .v')).toHaveText('');
  expect(await frame.locator('#row-1').getAttribute('aria-label')).not.toContain('Margin');
  await press(window, 'm');
  await expect(frame.locator('[role=status].vh')).toContainText('appears after you save');
  expect(await frame.locator('.card .you').allInnerTexts()).toEqual(
    expect.not.arrayContaining([expect.stringContaining('1st')]),
  );
  const before = await texts(frame);
  await press(window, 'Home', '2', '1');
  await expect(frame.locator('.pri')).toContainText('Save and reveal');
  // also a second Enter at once: it waits for the reveal, and goes on
  await press(window, 'Enter');
  await expect(frame.locator('.card .val')).toHaveCount(3);
  await expectShown(frame, 'market-22');
  await expect(frame.locator('[role=status].vh')).toContainText('Sources and rewards are shown');
  const [line] = window.journal();
  expect(line).toMatchObject({ kind: 'rank', id: 'market-22', blind: true, accepted: false });
  const order = line?.shown as number[];
  expect([...order].sort()).toEqual([0, 1, 2]);
  // the second card was best: its index in the file
  expect(line).toMatchObject({ ranks: [[order[1]], [order[0]]], unranked: [order[2]] });
  expect(await texts(frame)).toEqual(before);
  await expectRevealed(window, frame, 'market-22', order);
  await expect(frame.locator('.card .you').nth(1)).toContainText('1st');
  await press(window, 'Enter');
  await expectShown(frame, 'shapes-55');
  await expectBlind(frame);
  expect(window.journal()).toHaveLength(1);
  // letters stay, also when it is shown again
  await press(window, 'k');
  await expectShown(frame, 'market-22');
  expect(await texts(frame)).toEqual(before);
  expect(window.complaints).toEqual([]);
});

test('a blind and shuffled sample is edited: its rewards come with the verdict', async ({
  workbench,
}) => {
  const window = await workbench.start();
  const frame = await goBlind(window);
  const cards = frame.locator('.card');
  const edited = cards.nth(1);
  await press(window, 'Home', 'ArrowRight', 'e');
  await expect(frame.locator('rl-answer-field textarea')).toBeFocused();
  await press(window, 'ControlOrMeta+a');
  await window.page.keyboard.type('A short one.');
  await expectBlind(frame);
  expect(await violations(frame)).toEqual([]);
  await press(window, 'ControlOrMeta+Enter');
  await expect(edited.locator('.edits .chip')).toHaveText('edited by you');
  await expect(edited).toBeFocused();
  await press(window, 'a');
  await expect(frame.locator('rl-answer-field textarea')).toBeFocused();
  await window.page.keyboard.type('One of my own.');
  await press(window, 'ControlOrMeta+Enter');
  await expect(cards).toHaveCount(4);
  await expect(cards.last()).toBeFocused();
  await expect(cards.last().locator('.edits .chip')).toHaveText('written by you');
  await expectBlind(frame);
  await press(window, 'Home', 'ArrowRight', '1', 'End', '2', 'Enter');
  await expect(frame.locator('.card .val')).toHaveCount(4, { timeout: 60_000 });

  const [edit, add, rank] = window.journal();
  const order = rank?.shown as number[];
  expect(order.at(-1)).toBe(3);
  expect(edit).toMatchObject({ kind: 'edit', candidate: order[1], text: 'A short one.' });
  expect(add).toMatchObject({ kind: 'add', text: 'One of my own.' });
  expect(rank).toMatchObject({ kind: 'rank', blind: true, ranks: [[order[1]], [3]] });
  const file = window.path('everyday.candidates.jsonl');
  const before = rewardsByCommand(file).get('market-22')?.[order[1] ?? -1] ?? NaN;
  await expect(edited.locator('.rw .num')).toHaveText(`was ${shown(before)}`);
  await expect(edited.locator('.answer')).toHaveText('A short one.');
  expect(window.complaints).toEqual([]);
});

test('two quick Enters save once, reveal, and go on', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await goBlind(window);
  await press(window, '1', 'Enter', 'Enter');
  await expectShown(frame, 'shapes-55');
  expect(window.journal()).toMatchObject([{ id: 'market-22', blind: true }]);
});

test('a reload keeps mode, order and ranks that are not saved', async ({ workbench }) => {
  const window = await workbench.start();
  let frame = await goBlind(window);
  const orders: string[][] = [];
  // the same file order three times over has one chance in hundreds
  for (const id of ['shapes-55', 'shapes-56', 'chart-04']) {
    await press(window, 'j');
    await expectShown(frame, id);
    await expectBlind(frame);
    orders.push(await texts(frame));
  }
  await press(window, 'Home', '1');
  await expect(frame.locator('.card .you').first()).toContainText('1st');
  await window.stored('accepted');
  await window.reload();
  await window.openFile('everyday.candidates.jsonl');
  frame = await window.frame('editor');
  await expectShown(frame, 'chart-04');
  await expect(frame.locator('.card .you').first()).toContainText('1st');
  await expectBlind(frame);
  await frame.locator('.card').first().focus();
  for (const [id, order] of ['chart-04', 'shapes-56', 'shapes-55'].map(
    (name, n) => [name, orders[2 - n]] as const,
  )) {
    await expectShown(frame, id);
    expect(await texts(frame)).toEqual(order);
    await press(window, 'k');
  }
});

test('“Reveal and record as seen” is one way', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await goBlind(window);
  await press(window, '1');
  await frame.getByRole('button', { name: 'Reveal and record as seen' }).click();
  await expect(frame.locator('.card .val')).toHaveCount(3);
  await expect(frame.locator('.blindnote')).toContainText('Not blind.');
  await expect(frame.locator('.card .you').first()).toContainText('1st');
  await frame.locator('.card').first().focus();
  await press(window, 'j', 'k');
  await expectShown(frame, 'market-22');
  await expect(frame.locator('.card .val')).toHaveCount(3);
  await press(window, 'Enter');
  await expectShown(frame, 'shapes-55');
  expect(window.journal()).toMatchObject([{ id: 'market-22', blind: false }]);
});

test('going on at once, and the side panel', async ({ workbench }) => {
  const window = await workbench.start({
    settings: { 'rewardlens.review.afterBlindVerdict': 'next' },
  });
  const editor = await goBlind(window);
  await press(window, '1', 'Enter');
  await expectShown(editor, 'shapes-55');
  expect(window.journal()).toMatchObject([{ id: 'market-22', blind: true }]);
  await expectBlind(editor);

  await window.openFile('sign.png');
  await window.command('RewardLens: Focus on Responses View');
  const panel = await window.frame('panel');
  await expect(panel.locator('.blindnote')).toContainText('Blind.');
  await expect(panel.locator('.card .cnt').first()).toContainText('source hidden');
  await expect(panel.locator('.strip, .meta b, .mr')).toHaveCount(0);
  await expect(panel.locator('.sbuttons')).not.toContainText('Accept');
  expect(await violations(panel)).toEqual([]);
  if (process.env.BLIND_PICTURES !== undefined) {
    await window.page.screenshot({ path: `${process.env.BLIND_PICTURES}/panel.png` });
  }
});

test('no violations when blind, in any theme', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await goBlind(window);
  await expectBlind(frame);
  await press(window, '1');
  await expectNoViolations(window, frame, async (name) => {
    if (process.env.BLIND_PICTURES !== undefined) {
      await window.page.screenshot({ path: `${process.env.BLIND_PICTURES}/blind.${name}.png` });
    }
  });
  await press(window, 'Enter');
  await expect(frame.locator('.card .val')).toHaveCount(3);
  await expectNoViolations(window, frame);
  expect(window.complaints).toEqual([]);
});
