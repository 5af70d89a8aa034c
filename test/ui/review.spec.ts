// The review editor, by keyboard and mouse, in a real VS Code.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Frame } from '@playwright/test';
import { NODE, ROOT } from '../harness/setup.mjs';
import { expect, test, type Window } from './vscode';

/** Rewards by sample id, as the command line computes them, to two decimals. */
function rewardsByCommand(file: string): Map<string, string[]> {
  const { stdout } = spawnSync(NODE, [path.join(ROOT, 'dist/cli.js'), 'score', file], {
    encoding: 'utf8',
  });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const { id, rewards } = JSON.parse(line) as { id: string; rewards: number[] };
        return [id, rewards.map((reward) => reward.toFixed(2).replace('-', '\u2212'))];
      }),
  );
}

const shownRewards = (frame: Frame): Promise<string[]> =>
  frame.locator('.card .val, .card .meta b').allTextContents();

const ranks = (frame: Frame): Promise<string[]> =>
  frame
    .locator('.card .you')
    .evaluateAll((pills) => pills.map((pill) => pill.textContent.replace(/^\s*You\s*/, '').trim()));

async function press(window: Window, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await window.page.keyboard.press(key);
  }
}

test('rewards are those of the command line, in the editor, the panel, and after a restart', async ({
  workbench,
}) => {
  const home = workbench.home();
  const workspace = workbench.workspace();
  const byCommand = rewardsByCommand(path.join(workspace, 'everyday.candidates.jsonl'));
  const server = await workbench.server(home);
  const first = await workbench.window(server, home, workspace);
  const editor = await first.review();
  expect(await shownRewards(editor)).toEqual(byCommand.get('market-18'));
  await expect(editor.locator('.card .chip', { hasText: 'untrained' })).toHaveCount(4);
  const panel = await first.followPicture('market.png', 4);
  expect(await shownRewards(panel)).toEqual(byCommand.get('market-18'));
  expect(first.enginePids()).toHaveLength(1);
  expect(first.complaints).toEqual([]);
  await first.context.close();
  await server.stop();

  const again = await workbench.server(home);
  const second = await workbench.window(again, home, workspace);
  const reopened = await second.review();
  expect(await shownRewards(reopened)).toEqual(byCommand.get('market-18'));
  // what is known needs no engine
  expect(second.enginePids()).toEqual([]);
});

test('ranking by keys: places, ties, moves, and one line in the journal', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  await frame.locator('.card').first().focus();
  // B 1st, then A 2nd, then C 2nd as well: a tie
  await press(window, 'ArrowRight', '1');
  expect(await ranks(frame)).toEqual(['–', '1st', '–', '–']);
  await expect(frame.locator('[data-card="2"]')).toBeFocused();
  await press(window, '2', 'Home', '2');
  expect(await ranks(frame)).toEqual(['2nd =', '1st', '2nd =', '–']);
  await expect(frame.locator('.tray')).toContainText('not ranked');
  // T separates, Shift+Up moves past the neighbour, 0 takes the rank away
  await press(window, 'Home', 't');
  expect(await ranks(frame)).toEqual(['3rd', '1st', '2nd', '–']);
  await press(window, 'Shift+ArrowUp');
  expect(await ranks(frame)).toEqual(['2nd', '1st', '3rd', '–']);
  await press(window, 'End', '4', 'End', '0');
  expect(await ranks(frame)).toEqual(['2nd', '1st', '3rd', '–']);
  await expect(frame.locator('.lab').nth(1)).toHaveText('Not saved');
  expect(window.journal()).toEqual([]);

  await press(window, 'Enter');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('market-22');
  await expect(frame.locator('[data-card="0"]')).toBeFocused();
  expect(window.journal()).toMatchObject([
    {
      v: 1,
      kind: 'rank',
      id: 'market-18',
      line: 1,
      ranks: [[1], [0], [2]],
      unranked: [3],
      accepted: false,
      blind: false,
    },
  ]);
  await expect(frame.locator('.bar .num')).toContainText('1 / 15');
  await expect(frame.locator('#row-0 .codicon-arrow-swap, #row-0 .codicon-check')).toBeVisible();
  expect(window.complaints).toEqual([]);
});

test('the verdict is there again after a reload, and unsaved ranks, too', async ({ workbench }) => {
  const window = await workbench.start();
  let frame = await window.review();
  await frame.locator('.card').first().focus();
  await press(window, '2', '1', 'Enter');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('market-22');
  await press(window, '3');
  // keeps what the window would keep over a restart
  // drafts are kept a moment after the last key
  await window.page.waitForTimeout(1500);
  await window.page.reload();
  frame = await window.frame('editor');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('market-22');
  await expect(frame.locator('.card')).toHaveCount(3);
  expect((await ranks(frame))[0]).toBe('3rd');
  await frame.locator('.card').first().focus();
  await press(window, 'k');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('market-18');
  await expect(frame.locator('.lab').nth(1)).toContainText('Saved');
  expect(await ranks(frame)).toEqual(['2nd', '1st', '–', '–']);
});

test('undo and redo, over samples', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  const selected = frame.locator('.row[aria-selected=true] .id');
  await frame.locator('.card').first().focus();
  await press(window, '1', '2', 'Enter');
  await expect(selected).toHaveText('market-22');
  await press(window, 'b', 'Enter');
  await expect(selected).toHaveText('shapes-55');
  await press(window, 'z');
  await expect(selected).toHaveText('market-22');
  await expect(frame.locator('[role=status].vh')).toContainText('Undone: “all bad” of market-22.');
  await expect(frame.locator('.lab').nth(1)).toHaveText('Not saved');
  await press(window, 'Control+z');
  await expect(selected).toHaveText('market-18');
  await expect(frame.locator('.bar .num')).toContainText('0 / 15');
  await press(window, 'Shift+Z');
  await expect(frame.locator('.bar .num')).toContainText('1 / 15');
  expect(window.journal().map((entry) => entry.kind)).toEqual([
    'rank',
    'allBad',
    'undo',
    'undo',
    'undo',
  ]);
});

test('accepting the model’s order is recorded as accepted, and a change makes it a vote', async ({
  workbench,
}) => {
  const window = await workbench.start();
  const frame = await window.review();
  await frame.locator('.card').first().focus();
  await press(window, 'm', 'Enter');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('market-22');
  await expect(frame.locator('.card .val')).toHaveCount(3);
  await press(window, 'm', 'Shift+ArrowUp', 'Enter');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('shapes-55');
  const [accepted, changed] = window.journal();
  expect(accepted).toMatchObject({ accepted: true, ranks: [[1], [2], [0], [3]] });
  expect(changed).toMatchObject({ accepted: false });
});

test('skip, flag, note and next unreviewed', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  const selected = frame.locator('.row[aria-selected=true] .id');
  await frame.locator('.card').first().focus();
  // a flag must not lose ranks that are not saved yet
  await press(window, '1', 'f');
  await expect(frame.locator('#row-0 .codicon-report')).toBeVisible();
  expect((await ranks(frame))[0]).toBe('1st');
  await press(window, 'n');
  await expect(frame.locator('vscode-text-area textarea')).toBeFocused();
  await window.page.keyboard.type('1 of the tags is unreadable');
  await press(window, 'Escape');
  await expect(frame.locator('.noteshow')).toContainText('1 of the tags is unreadable');
  expect((await ranks(frame))[0]).toBe('1st');
  await press(window, 's');
  await expect(selected).toHaveText('market-22');
  await press(window, 'j', 'j');
  await expect(selected).toHaveText('shapes-56');
  await press(window, '1', 'Enter', 'u');
  await expect(selected).toHaveText('clock-14');
  expect(window.journal().map((entry) => entry.kind)).toEqual(['flag', 'note', 'skip', 'rank']);
});

test('drag and drop: tokens of the order', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  await frame.locator('.card').first().focus();
  await press(window, '1', '2', '3');
  const token = (letter: string) =>
    frame.locator(`.tok[data-candidate="${'ABCD'.indexOf(letter)}"]`);
  const box = await token('A').boundingBox();
  // onto the left edge: before it
  await token('C').dragTo(token('A'), { targetPosition: { x: 4, y: 15 } });
  expect(await ranks(frame)).toEqual(['2nd', '3rd', '1st', '–']);
  // onto the middle: tied with it
  await token('D').dragTo(token('B'), { targetPosition: { x: (box?.width ?? 60) / 2, y: 15 } });
  expect(await ranks(frame)).toEqual(['2nd', '3rd =', '1st', '3rd =']);
  // the sign between two tied tokens separates them
  await frame.locator('.rel', { hasText: '=' }).click();
  expect(await ranks(frame)).toEqual(['2nd', '3rd', '1st', '4th']);
});

test('the rank menu of a card, and the keys dialog', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  await frame.locator('[data-card="1"] .you').click();
  await frame.getByRole('menuitemradio', { name: '3rd' }).click();
  expect((await ranks(frame))[1]).toBe('3rd');
  await press(window, '?');
  await expect(frame.locator('dialog.keys')).toBeVisible();
  await press(window, '1', 'Escape');
  await expect(frame.locator('dialog.keys')).toBeHidden();
  expect((await ranks(frame))[1]).toBe('3rd');
});

test('rows that can’t be read are shown with the reason, the rest is reviewed', async ({
  workbench,
}) => {
  const rows = [
    '{"id": "broken", ',
    JSON.stringify({ id: 'lost', prompt: 'p', images: ['img/none.png'], candidates: ['a', 'b'] }),
    JSON.stringify({ id: 'none', prompt: 'p', candidates: [] }),
    JSON.stringify({ id: 'fine', prompt: 'p', candidates: ['a', 'b'] }),
  ];
  const window = await workbench.start({}, { 'bad.candidates.jsonl': `${rows.join('\n')}\n` });
  await window.openFile('bad.candidates.jsonl');
  const frame = await window.frame('editor');
  await expect(frame.locator('.msg.error')).toContainText('line 1');
  await expect(frame.locator('#row-0 .codicon-error').first()).toBeVisible();
  await frame.locator('#row-1').click();
  await expect(frame.locator('.card .msg.error').first()).toContainText(
    'img/none.png was not found',
  );
  await frame.locator('.card').first().focus();
  await press(window, '1', 'Enter');
  await frame.locator('#row-3').click();
  await expect(frame.locator('.card .val')).toHaveCount(2);
  expect(window.journal('bad.candidates.jsonl')).toMatchObject([{ id: 'lost', line: 2 }]);
});

test('a dataset that changes on disk is shown anew, a journal that changes is merged', async ({
  workbench,
}) => {
  const fs = await import('node:fs');
  const window = await workbench.start();
  const frame = await window.review('pilot.candidates.jsonl', 3);
  const journal = window.path('pilot.candidates.jsonl.review.jsonl');
  await frame.locator('.card').first().focus();
  await press(window, '1', '2', 'Enter');
  await expect(frame.locator('.bar .num')).toContainText('1 / 3');
  // the same verdict undone elsewhere, as by a merge
  const [entry] = window.journal('pilot.candidates.jsonl');
  const undo = {
    ...entry,
    uid: 'other',
    at: '2999-01-01T00:00:00.000Z',
    kind: 'undo',
    of: entry?.uid,
  };
  fs.appendFileSync(journal, `${JSON.stringify(undo)}\n`);
  await expect(frame.locator('.bar .num')).toContainText('0 / 3');

  fs.appendFileSync(
    window.path('pilot.candidates.jsonl'),
    `${JSON.stringify({ id: 'pilot-4', prompt: 'New?', candidates: ['x', 'y'] })}\n`,
  );
  // the page may be replaced at any moment
  await expect(async () => {
    const shown = await window.frame('editor');
    expect(await shown.locator('.bar .num').textContent()).toContain('/ 4');
  }).toPass();
});

test('a picture that the browser can’t show is scored, and the editor says why it is not seen', async ({
  workbench,
}) => {
  const sample = { prompt: 'What is it?', images: ['scan.tif'], candidates: ['A', 'B'] };
  const window = await workbench.start(undefined, {
    'scan.candidates.jsonl': `${JSON.stringify(sample)}\n`,
  });
  fs.copyFileSync(
    path.join(ROOT, 'test/fixtures/images/kinds/tiff-lzw.tif'),
    window.path('scan.tif'),
  );
  const frame = await window.review('scan.candidates.jsonl', 2);
  await expect(frame.locator('.media .nopic')).toContainText('can’t show this picture');
  await expect(frame.locator('.media img')).toHaveCount(0);
  await expect(frame.locator('.mtools')).toContainText('37 × 27');
  expect(window.complaints).toEqual([]);
});
