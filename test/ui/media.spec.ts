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
  await window.page.mouse.move(x + width - 2, y + height - 2);
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

  // tiles
  await window.page.keyboard.press('o');
  await expect(frame.locator('.tiles b')).toHaveText(['1', '2', '3', '4', '5', '6']);
  await expect(frame.locator('.cap')).toHaveText('The model sees 6 tiles and one small overview');
  const tile = await frame.locator('.tiles b').nth(5).boundingBox();
  expect(Math.abs((tile?.width ?? 0) - width / 3)).toBeLessThan(2);
  expect(Math.abs((tile?.height ?? 0) - width / 3)).toBeLessThan(2);
  expect(await violations(frame)).toEqual([]);
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
