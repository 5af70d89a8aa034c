// axe on both places in all four kinds of theme.

import { expectNoViolations } from './axe';
import { expect, test } from './vscode';

test('no violations in any theme', async ({ workbench }) => {
  test.setTimeout(240_000);
  const window = await workbench.start();
  const panel = await window.followPicture('market.png', 4);
  await panel.locator('.card').first().focus();
  await window.page.keyboard.press('1');
  await expectNoViolations(window, panel);

  const editor = await window.review();
  await expectNoViolations(window, editor);
  await editor.locator('.card').first().focus();
  for (const key of ['1', '2', '2', 'n']) {
    await window.page.keyboard.press(key);
  }
  await expect(editor.locator('vscode-text-area textarea')).toBeFocused();
  await expectNoViolations(window, editor);
  await window.page.keyboard.press('Escape');
  await window.page.keyboard.press('?');
  await expect(editor.locator('dialog.keys')).toBeVisible();
  await expectNoViolations(window, editor);
  await window.page.keyboard.press('Escape');
  await editor.locator('[data-card="0"] .you').click();
  await expectNoViolations(window, editor);
  await window.page.keyboard.press('Escape');
  // a sample with several pictures and turns
  await editor.locator('#row-11').click();
  await expect(editor.locator('[role=tab]')).toHaveCount(2);
  await expectNoViolations(window, editor);
  // a video with the frames the model saw
  await editor.locator('#row-14').click();
  await expect(editor.locator('.frame')).toHaveCount(8, { timeout: 60_000 });
  await expect(editor.locator('.vctl')).toBeVisible();
  await expectNoViolations(window, editor);
  expect(window.complaints).toEqual([]);
});
