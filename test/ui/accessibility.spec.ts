// axe on both places in all four kinds of theme.

import { THEMES } from '../harness/vscodeServer.mjs';
import { violations } from './axe';
import { expect, test } from './vscode';

for (const [name, theme] of Object.entries(THEMES)) {
  test(`no violations, ${name}`, async ({ workbench }) => {
    const window = await workbench.start({ settings: { 'workbench.colorTheme': theme } });
    const panel = await window.followPicture('market.png', 4);
    await panel.locator('.card').first().focus();
    await window.page.keyboard.press('1');
    expect(await violations(panel)).toEqual([]);

    const editor = await window.review();
    expect(await violations(editor)).toEqual([]);
    await editor.locator('.card').first().focus();
    for (const key of ['1', '2', '2', 'n']) {
      await window.page.keyboard.press(key);
    }
    await expect(editor.locator('vscode-text-area textarea')).toBeFocused();
    expect(await violations(editor)).toEqual([]);
    await window.page.keyboard.press('Escape');
    await window.page.keyboard.press('?');
    await expect(editor.locator('dialog.keys')).toBeVisible();
    expect(await violations(editor)).toEqual([]);
    await window.page.keyboard.press('Escape');
    await editor.locator('[data-card="0"] .you').click();
    expect(await violations(editor)).toEqual([]);
    await window.page.keyboard.press('Escape');
    // a sample with several pictures and turns
    await editor.locator('#row-11').click();
    await expect(editor.locator('[role=tab]')).toHaveCount(2);
    expect(await violations(editor)).toEqual([]);
    // a video with the frames the model saw
    await editor.locator('#row-14').click();
    await expect(editor.locator('.frame')).toHaveCount(8, { timeout: 60_000 });
    await expect(editor.locator('.vctl')).toBeVisible();
    expect(await violations(editor)).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
}
