// Pictures of the screens, taken from a real VS Code.
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { stageExtension } from './setup.mjs';
import { CHROMIUM_FLAGS, makeHome, startServer, THEMES, windowUrl } from './vscodeServer.mjs';
import { openFile, runCommand, webviewFrame, workbenchReady } from './workbench.mjs';

/**
 * Saves `review-editor.<theme>.png` and `side-panel.<theme>.png` for dark, light and high contrast.
 * @param {string} folder
 * @param {string} workspace a copy of the samples
 * @param {string} executablePath Chromium
 */
export async function takeScreenshots(folder, workspace, executablePath) {
  fs.mkdirSync(folder, { recursive: true });
  for (const name of fs.readdirSync(workspace)) {
    if (name.endsWith('.review.jsonl')) {
      fs.rmSync(path.join(workspace, name));
    }
  }
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    for (const theme of ['dark', 'light', 'hc']) {
      await withWindow(browser, theme, workspace, async (page) => {
        await editorPicture(page, path.join(folder, `review-editor.${theme}.png`));
        await panelPicture(page, path.join(folder, `side-panel.${theme}.png`));
      });
    }
  } finally {
    await browser.close();
  }
}

async function withWindow(browser, theme, workspace, act) {
  const home = makeHome({ 'workbench.colorTheme': THEMES[theme] });
  const server = await startServer(home);
  try {
    const page = await browser.newPage({ viewport: { width: 1460, height: 960 } });
    await page.goto(windowUrl(server.base, { folder: workspace, extension: stageExtension() }));
    await workbenchReady(page);
    await act(page);
    await page.close();
  } finally {
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
}

async function scored(frame, cards) {
  await frame
    .locator('.card .val, .card .meta b')
    .nth(cards - 1)
    .waitFor({ timeout: 60_000 });
}

async function editorPicture(page, file) {
  await openFile(page, 'shapes.candidates.jsonl');
  let frame = await webviewFrame(page, 'editor');
  await scored(frame, 4);
  await runCommand(page, 'RewardLens: Score Candidates');
  await page
    .getByText(/answers scored/)
    .first()
    .waitFor({ timeout: 120_000 });
  await page.keyboard.press('Escape');
  await runCommand(page, 'Notifications: Clear All Notifications');
  await runCommand(page, 'View: Close Primary Side Bar');
  frame = await webviewFrame(page, 'editor');
  await frame.locator('.card').nth(1).focus();
  for (const key of ['1', 'Home', '2', '3']) {
    await page.keyboard.press(key);
  }
  await frame.locator('.card').nth(1).focus();
  await page.waitForTimeout(600);
  await page.screenshot({ path: file });
  console.log(file);
}

async function panelPicture(page, file) {
  await runCommand(page, 'View: Close All Editors');
  await openFile(page, 'colour-00.png');
  await runCommand(page, 'RewardLens: Focus on Responses View');
  const frame = await webviewFrame(page, 'panel');
  await scored(frame, 3);
  await frame.locator('.card').first().focus();
  await page.waitForTimeout(600);
  await page.screenshot({ path: file });
  console.log(file);
}
