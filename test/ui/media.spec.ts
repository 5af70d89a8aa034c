// Pictures: zoom, moving, the model's tiles, and those of the web.

import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { FIXTURES } from '../support/paths';
import { violations } from './axe';
import { expect, test } from './vscode';

test('a picture is looked at closely, by mouse and by keys', async ({ workbench }) => {
  const window = await workbench.start();
  const frame = await window.review();
  const view = frame.locator('rl-zoom');
  const percent = frame.locator('.ztools button').nth(2);
  const place = () =>
    frame.locator('rl-zoom .canvas').evaluate((canvas) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return { left, top, width, height };
    });
  const box = await view.boundingBox();
  expect(box).not.toBeNull();
  const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
  const start = await place();
  expect(Math.abs(start.width - width)).toBeLessThan(2);
  await expect(percent).toHaveText('Fit');

  // the wheel, at the lower right corner: that corner stays
  await window.page.mouse.move(x + width - 6, y + height - 6);
  await window.page.mouse.wheel(0, -300);
  await expect(percent).toHaveText(/\d+ %/);
  const near = await place();
  expect(near.width).toBeGreaterThan(1.5 * start.width);
  expect(Math.abs(near.left + near.width - (start.left + start.width))).toBeLessThan(8);
  // dragged to the right
  await window.page.mouse.move(x + 50, y + 50);
  await window.page.mouse.down();
  await window.page.mouse.move(x + 120, y + 90, { steps: 4 });
  await window.page.mouse.up();
  expect(Math.abs((await place()).left - (near.left + 70))).toBeLessThan(2);
  // a double click: all of it again
  await view.dblclick({ position: { x: 40, y: 40 } });
  await expect(percent).toHaveText('Fit');

  // and each pixel as large as one of the screen, under the pointer
  await view.dblclick({ position: { x: 40, y: 40 } });
  await expect(percent).toHaveText('100 %');
  const whole = await place();
  const pixels = await frame
    .locator('rl-zoom img')
    .evaluate((image) => [
      (image as HTMLImageElement).naturalWidth,
      (image as HTMLImageElement).naturalHeight,
    ]);
  expect([whole.width, whole.height]).toEqual(pixels);
  // moved by keys as far as the picture goes, and no further
  const room = await view.evaluate(
    (element) => element.getBoundingClientRect().toJSON() as DOMRect,
  );
  await view.focus();
  const moves = [
    ['ArrowDown', 'top', height - whole.height],
    ['ArrowRight', 'left', width - whole.width],
    ['ArrowUp', 'top', 0],
    ['ArrowLeft', 'left', 0],
  ] as const;
  for (const [key, side, end] of moves) {
    const before = await place();
    await window.page.keyboard.press(key);
    const after = await place();
    expect(Math.sign(after[side] - before[side])).toBe(end < 0 ? -1 : 1);
    for (let n = 0; n < 20; n += 1) {
      await window.page.keyboard.press(key);
    }
    expect(Math.abs((await place())[side] - (room[side] + end))).toBeLessThan(2);
  }
  // the wheel goes on to sharp pixels
  await window.page.mouse.move(x + width / 2, y + height / 2);
  await window.page.mouse.wheel(0, -800);
  await expect(frame.locator('rl-zoom .canvas')).toHaveClass(/sharp/);
  await expect(async () => {
    await window.page.mouse.wheel(0, 5000); // a busy browser may pass on a part of a turn
    await expect(percent).toHaveText('Fit', { timeout: 1000 });
  }).toPass();
  await expect(frame.locator('rl-zoom .canvas')).not.toHaveClass(/sharp/);

  // keys: plus and minus from anywhere, arrows and 0 on the picture
  await frame.locator('.card').first().focus();
  await window.page.keyboard.press('+');
  await window.page.keyboard.press('+');
  await window.page.keyboard.press('-');
  const larger = await place();
  expect(Math.abs(larger.width - 1.25 * start.width)).toBeLessThan(2);
  await view.focus();
  await window.page.keyboard.press('ArrowRight');
  expect((await place()).left).toBeLessThan(larger.left);
  await expect(view).toBeFocused();
  await window.page.keyboard.press('0');
  await expect(percent).toHaveText('Fit');

  // columns as wide as the person wants, by keys and by mouse; remembered
  const divider = frame.getByRole('separator', { name: 'Width of the picture' });
  const column = async (): Promise<number> =>
    Math.round((await frame.locator('.media').boundingBox())?.width ?? 0);
  const usual = await column();
  await expect(divider).toHaveAttribute('aria-valuenow', String(usual));
  await divider.focus();
  await window.page.keyboard.press('ArrowLeft');
  await window.page.keyboard.press('ArrowLeft');
  expect(await column()).toBe(usual - 32);
  await expect(divider).toHaveAttribute('aria-valuenow', String(usual - 32));
  await expect(divider).toBeFocused();
  await window.page.keyboard.press('Home');
  expect(await column()).toBe(300);
  await window.page.keyboard.press('Enter');
  expect(await column()).toBe(usual);
  const queueDivider = frame.getByRole('separator', { name: 'Width of the queue' });
  await queueDivider.hover();
  const edge = (await queueDivider.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await window.page.mouse.move(edge.x + 3, edge.y + 200);
  await window.page.mouse.down();
  await window.page.mouse.move(edge.x - 27, edge.y + 200, { steps: 3 });
  await window.page.mouse.up();
  const queueWidth = async (): Promise<number> =>
    Math.round((await frame.locator('.queue').boundingBox())?.width ?? 0);
  await expect.poll(queueWidth).toBe(234);
  await window.stored('"queueWidth":234');
  await queueDivider.dblclick();
  await expect.poll(queueWidth).toBe(264);
  await frame.locator('.card').first().focus();

  // tiles
  await window.page.keyboard.press('o');
  await expect(frame.locator('.tiles b')).toHaveText(['1', '2', '3', '4', '5', '6']);
  await expect(frame.locator('.cap')).toHaveText('The model sees 6 tiles and one small overview');
  const tile = await frame.locator('.tiles b').nth(5).boundingBox();
  expect(Math.abs((tile?.width ?? 0) - width / 3)).toBeLessThan(2);
  expect(Math.abs((tile?.height ?? 0) - width / 3)).toBeLessThan(2);
  expect(await violations(frame)).toEqual([]);

  // several pictures: tabs above, one stop, arrows inside; each is shown whole at first
  await frame.locator('.row', { hasText: 'room-07' }).click();
  const tabs = frame.getByRole('tablist', { name: 'Pictures' }).getByRole('tab');
  await expect(tabs).toHaveText(['1', '2']);
  const shown = (): Promise<[string | null, string | null, string | null]> =>
    Promise.all([
      frame.locator('.mtools .fname').textContent(),
      frame.locator('rl-zoom img').getAttribute('alt'),
      frame
        .getByRole('tab', { selected: true })
        .textContent()
        .then((text) => text?.trim() ?? null),
    ]);
  expect(await shown()).toEqual(['room-day.png', 'Picture 1 of 2: room-day.png', '1']);
  const loaded = (): Promise<void> =>
    expect
      .poll(() =>
        frame.locator('rl-zoom img').evaluate((image) => (image as HTMLImageElement).naturalWidth),
      )
      .toBe(760);
  await loaded();
  await frame.locator('.card').first().focus();
  await window.page.keyboard.press('+');
  await expect(percent).toHaveText(/\d+ %/);
  await tabs.nth(1).click();
  expect(await shown()).toEqual(['room-night.png', 'Picture 2 of 2: room-night.png', '2']);
  await expect(percent).toHaveText('Fit');
  await loaded();
  await window.page.keyboard.press('ArrowRight');
  await expect(tabs.first()).toBeFocused();
  expect(await shown()).toEqual(['room-day.png', 'Picture 1 of 2: room-day.png', '1']);
  await window.page.keyboard.press('Tab');
  await expect(tabs.nth(1)).not.toBeFocused();
  // the tiles follow the picture that is shown
  await expect(frame.locator('.cap')).toHaveText(/^The model sees \d+ tiles? and/);
  expect(await violations(frame)).toEqual([]);
  await window.page.screenshot({ path: test.info().outputPath('several.png') });
  // another sample begins with its first picture
  await tabs.nth(1).click();
  await frame.locator('.row', { hasText: 'market-18' }).click();
  await expect(tabs).toHaveCount(0);
  await frame.locator('.row', { hasText: 'room-07' }).click();
  await expect(frame.getByRole('tab', { selected: true })).toHaveText('1');
  expect(window.complaints).toEqual([]);
});

test('a picture named by an address is fetched where the user turns that on', async ({
  workbench,
}) => {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(fs.readFileSync(path.join(FIXTURES, 'samples/img/kettle.png')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    const address = `http://127.0.0.1:${port}/kettle.png`;
    const row = { prompt: 'What is it?', images: [address], candidates: ['A kettle.', 'A cat.'] };
    const window = await workbench.start(
      {},
      { 'web.candidates.jsonl': `${JSON.stringify(row)}\n` },
    );
    await window.openFile('web.candidates.jsonl');
    const frame = await window.frame('editor');
    await expect(frame.getByText('addresses are not fetched').first()).toBeVisible();
    await window.page.screenshot({ path: test.info().outputPath('off.png') });
    expect(asked).toEqual([]);

    window.setMachine({ 'rewardlens.media.fetch': true });
    await expect(frame.locator('.card .val')).toHaveCount(2, { timeout: 60_000 });
    await expect
      .poll(() =>
        frame
          .locator('rl-zoom img')
          .evaluateAll((all) => all.map((each) => (each as HTMLImageElement).naturalWidth > 0)),
      )
      .toEqual([true]);
    expect(asked).toEqual(['/kettle.png']);
    await window.page.screenshot({ path: test.info().outputPath('on.png') });
    expect(window.complaints).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
