// Drives a VS Code window in Chromium: commands, files, the frames of webviews.

/** The list closes again when a view that is just being shown takes the focus: then it is opened anew. */
const OPENS_MS = 5000;

/** Waits until the Explorer shows the folder. @param {import('@playwright/test').Page} page */
export async function workbenchReady(page) {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 90_000 });
  await page
    .locator('.explorer-folders-view .monaco-list-row')
    .first()
    .waitFor({ timeout: 60_000 });
}

/**
 * Runs a command by its title. The palette lists what was known when it opened, so it is tried again.
 * @param {import('@playwright/test').Page} page
 * @param {string} title
 */
export async function runCommand(page, title) {
  const input = page.locator('.quick-input-widget input.input');
  for (let tries = 0; tries < 12; tries += 1) {
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    try {
      await page.keyboard.press('F1');
      await input.waitFor({ timeout: OPENS_MS });
      await input.fill(`>${title}`, { timeout: OPENS_MS });
      await row.waitFor({ timeout: 2500 });
      await page.keyboard.press('Enter');
      return;
    } catch {
      await page.keyboard.press('Escape');
    }
  }
  throw new Error(`no command ${title}`);
}

/**
 * Opens a file from the quick open list.
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 */
export async function openFile(page, name) {
  const input = page.locator('.quick-input-widget input.input');
  // a journal has its dataset's name in its own
  const row = page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ has: page.getByText(name, { exact: true }) })
    .first();
  for (let tries = 0; tries < 10; tries += 1) {
    try {
      await page.keyboard.press('ControlOrMeta+P');
      await input.waitFor({ timeout: OPENS_MS });
      await input.fill(name, { timeout: OPENS_MS });
      await row.click({ timeout: 3000 });
      return;
    } catch {
      await page.keyboard.press('Escape');
    }
  }
  throw new Error(`no file ${name}`);
}

/**
 * The frame of one of our webviews, once its page has drawn what it was told.
 * @param {import('@playwright/test').Page} page
 * @param {'editor' | 'panel' | 'statistics'} surface
 * @param {number} [timeoutMs]
 * @param {import('@playwright/test').Frame} [known] another one is wanted
 */
export async function webviewFrame(page, surface, timeoutMs = 60_000, known = undefined) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    for (const frame of page.frames().filter((each) => each !== known)) {
      try {
        const shown = await frame.evaluate(
          () => `${document.body?.dataset.surface} ${document.body?.dataset.ready}`,
        );
        if (shown === `${surface} true` && (await (await frame.frameElement()).isVisible())) {
          return frame;
        }
      } catch {
        // the frame went away, or it is not a page of ours
      }
    }
    if (Date.now() > end) {
      const urls = page.frames().map((frame) => frame.url().slice(0, 100));
      throw new Error(`no ${surface} webview; frames:\n${urls.join('\n')}`);
    }
    await page.waitForTimeout(100);
  }
}
