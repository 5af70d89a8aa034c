// Two answers side by side, the media over the page, and the facts of a sample.

import type { Frame } from '@playwright/test';
import { expectNoViolations, violations } from './axe';
import { expect, test, type Window } from './vscode';

const VIDEO_ROW = '#row-14';

async function press(window: Window, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await window.page.keyboard.press(key);
  }
}

const letters = (frame: Frame): Promise<string[]> => frame.locator('.pane .let').allTextContents();
const rest = (frame: Frame) => frame.locator('.cmpdock .rest');

/** The window becomes so wide that the editor has this width. */
async function setEditorWidth(window: Window, frame: Frame, width: number): Promise<void> {
  const size = window.page.viewportSize() ?? { width: 1460, height: 960 };
  const inner = await frame.evaluate(() => innerWidth);
  await window.page.setViewportSize({ ...size, width: size.width + width - inner });
  await expect.poll(() => frame.evaluate(() => innerWidth)).toBe(width);
  // the page hears of it with the next frame
  await frame.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
}

test('two answers are compared by keys, and the order follows', async ({ workbench }, info) => {
  const window = await workbench.start();
  const frame = await window.review();
  const before = await frame.locator('.card .val').allTextContents();
  await frame.locator('[data-card="0"]').focus();
  await press(window, 'p', 'End', 'c');
  // the pinned one on the left, the one that had focus on the right, and it has it still
  await expect(frame.locator('.pane')).toHaveCount(2);
  expect(await letters(frame)).toEqual(['A', 'D']);
  await expect(frame.locator('.pane[data-card="3"]')).toBeFocused();
  await expect(frame.locator('.pane .val')).toHaveText([before[0] ?? '', before[3] ?? '']);
  await expect(rest(frame)).toHaveText('Neither is ranked yet.');
  // sentences have numbers, a table is one piece, and words are marked on both sides
  const numbers = frame.locator('.pane').first().locator('.sn');
  await expect(numbers).toHaveCount(3);
  expect(
    await numbers.evaluateAll((marks) =>
      marks.map((mark) => getComputedStyle(mark, '::before').content),
    ),
  ).toEqual(['"1"', '"2"', '"3"']);
  await expect(frame.locator('.pane .only')).toHaveCount(2);

  await press(window, 'ArrowRight');
  await expect(rest(frame)).toHaveText(
    'A is your 2nd, D your 1st of 4. Your order: D, then A. B, C not ranked.',
  );
  await expect(frame.locator('.cmpdock [aria-pressed=true]')).toHaveText(/D better/);
  await press(window, 'ArrowLeft');
  await expect(rest(frame)).toHaveText(
    'A is your 1st, D your 2nd of 4. Your order: A, then D. B, C not ranked.',
  );
  await info.attach('wide', { body: await window.page.screenshot(), contentType: 'image/png' });
  // the next answer instead of the one with focus
  await press(window, 'w');
  expect(await letters(frame)).toEqual(['A', 'B']);
  await press(window, 't');
  await expect(rest(frame)).toHaveText(
    'A and B are tied as your 1st of 4. Your order: A and B, then D. C not ranked.',
  );
  // another one by the menu of a side
  await frame.getByRole('button', { name: /^On the left: A/ }).click();
  expect(await violations(frame)).toEqual([]);
  await frame.getByRole('menuitemradio', { name: /^D/ }).click();
  expect(await letters(frame)).toEqual(['D', 'B']);
  // back, with focus where it was, and the cards say the same
  await press(window, 'Escape');
  await expect(frame.locator('.card[data-card="3"]')).toBeFocused();
  await expect(frame.locator('.card .you')).toContainText(['1st =', '1st =', '–', '2nd']);
  expect(window.journal()).toEqual([]);

  // the buttons lead there as well, and Esc back to them
  await frame.locator('.card[data-card="1"]').focus();
  const beside = frame.locator('.card[data-card="1"] [data-action=compare]');
  await beside.click();
  expect(await letters(frame)).toEqual(['A', 'B']);
  await press(window, 'Escape');
  await expect(beside).toBeFocused();
  await frame.getByRole('button', { name: 'Compare two' }).click();
  await press(window, 'Escape');
  await expect(frame.getByRole('button', { name: 'Compare two' })).toBeFocused();

  // saved as any ranking, and the next sample is compared as well
  await frame.locator('.card[data-card="1"]').focus();
  await press(window, 'c', 'Enter');
  await expect(frame.locator('.cmpq .dim')).toHaveText('market-22');
  await expect(frame.locator('.pane')).toHaveCount(2);
  await expect(frame.locator('.pane').first()).toBeFocused();
  expect(window.journal()).toMatchObject([
    { kind: 'rank', ranks: [[0, 1], [3]], unranked: [2], accepted: false },
  ]);
  expect(window.complaints).toEqual([]);
});

test('the media over the answers, between them, and the facts', async ({ workbench }, info) => {
  const window = await workbench.start();
  const frame = await window.review();
  const shot = async (name: string): Promise<void> =>
    info.attach(name, { body: await window.page.screenshot(), contentType: 'image/png' });
  const pictureWidth = async (): Promise<number> =>
    (await frame.locator('rl-zoom').boundingBox())?.width ?? 0;
  const small = await pictureWidth();

  await frame.locator('[data-card="1"]').focus();
  await press(window, 'v');
  await expect(frame.locator('rl-zoom')).toBeFocused();
  expect(await pictureWidth()).toBeGreaterThan(2 * small);
  expect(await violations(frame)).toEqual([]);
  await shot('filled');
  await press(window, '1'); // not on what can't be seen
  await press(window, 'v');
  await expect(frame.locator('.card[data-card="1"]')).toBeFocused();
  await expect(frame.locator('.card .you')).toContainText(['–', '–', '–', '–']);
  expect(Math.abs((await pictureWidth()) - small)).toBeLessThan(2);

  await press(window, 'i');
  await expect(frame.locator('.factsec')).toBeFocused();
  await expect(frame.locator('.factsec')).toHaveAccessibleName(
    /^This sample\. Margin 1st–2nd \+?[\d.]+\. Domain .+\. Prompt and picture [\d,]+ tokens/,
  );
  await press(window, 'i');
  await expect(frame.locator('.card[data-card="1"]')).toBeFocused();

  // two answers: over them, and between them where there is room
  await press(window, 'c');
  await setEditorWidth(window, frame, 1300);
  await press(window, 'v');
  await expect(frame.locator('rl-zoom')).toBeFocused();
  await shot('over');
  await press(window, 'Escape');
  await expect(frame.locator('rl-zoom')).toHaveCount(0);
  await expect(frame.locator('.pane[data-card="1"]')).toBeFocused();
  await press(window, 'i');
  await expect(frame.locator('.factsec')).toBeFocused();
  await shot('facts over');
  await press(window, 'Escape');
  await expect(frame.locator('.pane[data-card="1"]')).toBeFocused();
  await setEditorWidth(window, frame, 1700);
  await press(window, 'v');
  await expect(frame.locator('.between rl-zoom')).toBeVisible();
  await expect(frame.locator('.pane[data-card="1"]')).toBeFocused();
  await press(window, 'ArrowRight');
  await expect(rest(frame)).toContainText('Your order:');
  const [left, media, right] = await Promise.all(
    ['.pane >> nth=0', '.between .media', '.pane >> nth=1'].map(
      async (part) => (await frame.locator(part).boundingBox())?.x ?? 0,
    ),
  );
  expect(left).toBeLessThan(media ?? 0);
  expect(media).toBeLessThan(right ?? 0);
  expect(await violations(frame)).toEqual([]);
  await shot('between');
  await press(window, 'Escape', 'Escape');
  await expect(frame.locator('.pane')).toHaveCount(0);

  // a narrow editor: one above the other, and the facts out of their fold
  await setEditorWidth(window, frame, 700);
  await frame.locator('.card[data-card="1"]').focus();
  await press(window, 'i');
  await expect(frame.locator('.factsec')).toBeFocused();
  await expect(frame.locator('.factsec')).toBeInViewport();
  await press(window, 'i');
  await expect(frame.locator('.card[data-card="1"]')).toBeFocused();
  await expect(frame.locator('.factsec')).toBeHidden();
  await press(window, 'v');
  await expect(frame.locator('rl-zoom')).toBeFocused();
  await shot('narrow filled');
  await press(window, 'v', 'c');
  const tops = await Promise.all(
    [0, 1].map(async (n) => (await frame.locator('.pane').nth(n).boundingBox())?.y ?? 0),
  );
  expect(tops[1]).toBeGreaterThan((tops[0] ?? 0) + 100);
  await shot('narrow');
  expect(await violations(frame)).toEqual([]);
  expect(window.complaints).toEqual([]);
});

test('a video fills the page, and its keys work from its slider', async ({ workbench }, info) => {
  const window = await workbench.start();
  const frame = await window.review();
  await frame.locator('.qlist').evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await frame.locator(VIDEO_ROW).click();
  await expect(frame.locator('.frame')).toHaveCount(8, { timeout: 60_000 });
  await expect(frame.locator('.vctl')).toBeVisible();
  await frame.locator('.card').first().focus();
  await press(window, 'v');
  await expect(frame.locator('video')).toBeFocused();
  const box = await frame.locator('video').boundingBox();
  expect(box?.width).toBeGreaterThan(600);
  await info.attach('video', { body: await window.page.screenshot(), contentType: 'image/png' });
  const loop = frame.getByRole('button', { name: 'Loop' });
  await loop.click();
  expect(await frame.locator('video').evaluate((video: HTMLVideoElement) => video.loop)).toBe(true);
  // a slider takes arrows; every other key is the page's
  const position = () => frame.locator('video').evaluate((v: HTMLVideoElement) => v.currentTime);
  await frame.locator('.scrub input').focus();
  await press(window, 'Home');
  await press(window, '.');
  await expect.poll(position).toBeGreaterThan(0.1);
  await press(window, '>');
  await expect(frame.getByRole('button', { name: 'Speed 2×' })).toBeVisible();
  const rate = () => frame.locator('video').evaluate((v: HTMLVideoElement) => v.playbackRate);
  expect(await rate()).toBe(2);
  expect(await violations(frame)).toEqual([]);
  await press(window, 'Escape');
  await expect(frame.locator('.card').first()).toBeFocused();
  expect(window.complaints).toEqual([]);
});

test('no violations in any theme', async ({ workbench }, info) => {
  const window = await workbench.start();
  const frame = await window.review();
  const shot = async (name: string): Promise<void> =>
    info.attach(name, { body: await window.page.screenshot(), contentType: 'image/png' });
  await frame.locator('.card[data-card="2"]').focus();
  await press(window, 'c', 'ArrowLeft');
  await expect(rest(frame)).toContainText('Your order:');
  await expectNoViolations(window, frame, shot);
  await press(window, 'n');
  await expect(frame.locator('vscode-text-area textarea')).toBeFocused();
  await expectNoViolations(window, frame);
  await press(window, 'Escape', 'v');
  await expectNoViolations(window, frame, (name) => shot(`${name}, media`));
  expect(window.complaints).toEqual([]);
});
