// The review editor, by keyboard and mouse, in a real VS Code.

import fs from 'node:fs';
import path from 'node:path';
import type { Frame } from '@playwright/test';
import { ROOT } from '../harness/setup.mjs';
import { expect, rewardsByCommand, shown, test, type Window } from './vscode';

const ranks = (frame: Frame): Promise<string[]> =>
  frame
    .locator('.card .you')
    .evaluateAll((pills) => pills.map((pill) => pill.textContent.replace(/^\s*You\s*/, '').trim()));

async function press(window: Window, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await window.page.keyboard.press(key);
  }
}

/** The number that a card shows, with its typographic minus. */
const readReward = (text: string): number => Number(text.trim().replace('−', '-'));

/** Goes through rows of the editor and compares every reward on them. */
async function compareRows(
  frame: Frame,
  expected: ReadonlyMap<string, readonly number[]>,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    await frame.locator('.row', { hasText: id }).click();
    await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText(id);
    const rewards = (expected.get(id) ?? []).map(shown);
    expect(rewards.length).toBeGreaterThan(1);
    await expect(frame.locator('.card .val')).toHaveText(rewards, { timeout: 60_000 });
  }
}

test('rewards are those of the command line, in the editor, the panel, and after a restart', async ({
  workbench,
}) => {
  const home = workbench.home();
  const workspace = workbench.workspace();
  const byCommand = new Map(
    ['everyday', 'pilot'].flatMap((name) => [
      ...rewardsByCommand(path.join(workspace, `${name}.candidates.jsonl`)),
    ]),
  );
  const ids = ['market-18', 'market-22', 'shapes-55', 'clock-14', 'sign-31'];
  const server = await workbench.server(home);
  const first = await workbench.window(server, home, workspace);
  const editor = await first.review();
  await expect(editor.locator('.card .chip', { hasText: 'demo' })).toHaveCount(4);
  await compareRows(editor, byCommand, ids);
  const panel = await first.followPicture('market.png', 4);
  for (const id of ['market-18', 'market-22', 'pilot-1']) {
    const head = panel.locator('.acch', { hasText: id });
    if ((await head.getAttribute('aria-expanded')) === 'false') {
      await head.click();
    }
    await expect(panel.locator('.card .meta b')).toHaveText(
      (byCommand.get(id) ?? ['none']).map((reward) => shown(Number(reward))),
    );
  }
  expect(first.enginePids()).toHaveLength(1);
  expect(first.complaints).toEqual([]);
  await first.close();
  await server.stop();

  const again = await workbench.server(home);
  const second = await workbench.window(again, home, workspace);
  await compareRows(await second.review(), byCommand, ids);
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
  await press(window, 'n');
  await expect(frame.locator('vscode-text-area textarea')).toBeFocused();
  await window.page.keyboard.type('half a note');
  // drafts are stored a moment after the last key
  await window.stored('half a note');
  await window.reload();
  // VS Code opens it again by itself unless it was too busy to remember; our part is what it shows
  await window.openFile('everyday.candidates.jsonl');
  frame = await window.frame('editor');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('market-22');
  await expect(frame.locator('.card')).toHaveCount(3);
  expect((await ranks(frame))[0]).toBe('3rd');
  await expect(frame.locator('.noteshow')).toContainText('half a note Not saved');
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
  await expect(frame.locator('.card .val')).toHaveCount(4);
  const rewards = (await frame.locator('.card .val').allTextContents()).map(readReward);
  const best = [...rewards.entries()].sort(([, a], [, b]) => b - a).map(([n]) => [n]);
  expect(new Set(rewards).size).toBe(4);
  await frame.locator('.card').first().focus();
  await press(window, 'm', 'Enter');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('market-22');
  await expect(frame.locator('.card .val')).toHaveCount(3);
  await press(window, 'm', 'Shift+ArrowUp', 'Enter');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('shapes-55');
  const [accepted, changed] = window.journal();
  expect(accepted).toMatchObject({ accepted: true, ranks: best });
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

  // a queue that is there is gone to, and hidden from there
  const queue = frame.locator('.queue');
  await press(window, 'q');
  await expect(frame.locator('.qlist')).toBeFocused();
  await press(window, 'q');
  await expect(queue).toBeHidden();
  await expect(frame.locator('[data-card="2"]')).toBeFocused();
  await press(window, 'q');
  await expect(queue).toBeVisible();

  // without the room it is a drawer: closed at first, and closed by Esc
  await window.page.setViewportSize({ width: 1300, height: 960 });
  await expect(queue).toBeHidden();
  await press(window, 'q');
  await expect(frame.locator('.qlist')).toBeFocused();
  await press(window, 'ArrowDown');
  await expect(frame.locator('.row[aria-selected=true] .id')).toHaveText('market-22');
  await press(window, 'Escape');
  await expect(queue).toBeHidden();
  await expect(frame.locator('[data-card="0"]')).toBeFocused();

  // in one column N opens the fold, and Esc goes back to the card
  await window.page.setViewportSize({ width: 1100, height: 960 });
  await expect(frame.locator('.foldbtn')).toHaveAttribute('aria-expanded', 'false');
  await press(window, 'n');
  await expect(frame.locator('vscode-text-area textarea')).toBeFocused();
  await window.page.keyboard.type('small');
  await press(window, 'Escape');
  await expect(frame.locator('[data-card="0"]')).toBeFocused();
  await frame.locator('.foldbtn').click();
  await expect(frame.locator('.noteshow')).toContainText('small');
  expect(window.complaints).toEqual([]);
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
  // the first button is disabled: the dock can be entered all the same, and arrows skip it
  const stop = frame.locator('.dockrow[role=toolbar] [tabindex="0"]');
  await expect(stop).toHaveText(/All bad/);
  await stop.focus();
  await press(window, 'ArrowLeft');
  await expect(stop).toHaveText(/Save and next/);
  await press(window, 'ArrowRight');
  await expect(stop).toHaveText(/All bad/);
  await expect(stop).toBeFocused();

  await frame.locator('.card').first().focus();
  await press(window, '1', 'Enter');
  await frame.locator('#row-3').click();
  await expect(frame.locator('.card .val')).toHaveCount(2);
  expect(window.journal('bad.candidates.jsonl')).toMatchObject([{ id: 'lost', line: 2 }]);
  await expect(stop).toHaveText(/All bad/);

  // a journal that can't be written any more: what was to be saved is saved elsewhere
  const journal = window.path('bad.candidates.jsonl.review.jsonl');
  fs.renameSync(journal, `${journal}.old`);
  fs.mkdirSync(journal);
  await frame.locator('.card').first().focus();
  await press(window, '2', 'Enter');
  const failure = frame.locator('.dock .msg.error');
  await expect(failure).toContainText('bad.candidates.jsonl.review.jsonl');
  await failure.getByRole('button', { name: 'Try again' }).click();
  await expect(failure).toBeVisible();
  await failure.getByRole('button', { name: 'Save to another folder…' }).click();
  const input = window.page.locator('.quick-input-widget input.input');
  await expect(input).not.toHaveValue('');
  await input.fill(`${window.path('img')}/`);
  await window.page.getByRole('button', { name: 'Save Here' }).click();
  await expect(failure).toBeHidden();
  // its name also says which dataset of that name it belongs to
  const elsewhere = (): string | undefined =>
    fs
      .readdirSync(window.path('img'))
      .find((name) => /^bad\.candidates\.jsonl\.[0-9a-f]{8}\.review\.jsonl$/.test(name));
  await expect.poll(elsewhere).toBeDefined();
  await expect(frame.locator('.lab').nth(1)).toContainText('Saved');
  const saved = fs.readFileSync(window.path(`img/${elsewhere() ?? ''}`), 'utf8');
  expect(saved).toContain('"id":"fine"');
  expect(window.complaints).toEqual([]);
});

test('a dataset that changes on disk is shown anew, a journal that changes is merged', async ({
  workbench,
}) => {
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
  await expect(frame.locator('.bar .num')).toContainText('/ 4');

  // what was decided on a sample that has changed is told, there and in the queue
  await press(window, '2', '1', 'Enter');
  await expect(frame.locator('.bar .num')).toContainText('1 / 4');
  const [decided = ''] = window
    .journal('pilot.candidates.jsonl')
    .slice(-1)
    .map(({ id }) => String(id));
  const dataset = window.path('pilot.candidates.jsonl');
  const text = fs.readFileSync(dataset, 'utf8');
  fs.writeFileSync(dataset, text.replace(/(?<="pilot-2".*)"7:20"/, '"7:21"'));
  const row = frame.locator('.row', { hasText: decided });
  await expect(row.locator('.codicon-history')).toBeVisible();
  await row.click();
  await expect(frame.locator('.dock .odd')).toHaveText('Changed since; you had B > A');
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
