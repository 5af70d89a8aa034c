// From the hub to rewards: download, convert, use.

import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../harness/setup.mjs';
import { FAKE_REPO, startFakeHub } from '../support/fakeHub';
import { expect, test } from './vscode';

const CHECKPOINT = path.join(ROOT, 'test/fixtures/tiny-checkpoint');

test('Set Up Model: a checkpoint from the hub is converted and scores', async ({ workbench }) => {
  const content = new Map(
    ['config.json', 'tokenizer.model', 'model.safetensors'].map((name) => [
      name,
      fs.readFileSync(path.join(CHECKPOINT, name)),
    ]),
  );
  const hub = await startFakeHub(content, 'main');
  try {
    const window = await workbench.start({ env: { HF_ENDPOINT: hub.url } });
    const frame = await window.review('pilot.candidates.jsonl', 3);
    const before = await frame.locator('.card .val').allTextContents();
    const { page } = window;
    const choose = (label: string): Promise<void> =>
      page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
    await frame.getByText('Set up model…').click();
    await choose('Download from the Hugging Face hub');
    await page.locator('.quick-input-widget input.input').fill(FAKE_REPO);
    await page.keyboard.press('Enter');
    await choose('int4');
    await choose('In VS Code’s storage');
    await expect(page.getByText('ixc-2.5-reward:int4:').first()).toBeVisible({ timeout: 60_000 });
    await expect(frame.locator('.bar')).toContainText('int4');
    await expect
      .poll(() => frame.locator('.card .val').allTextContents(), { timeout: 30_000 })
      .not.toEqual(before);
    await expect(frame.locator('.card .val')).toHaveCount(3);
    expect(window.complaints).toEqual([]);
  } finally {
    hub.close();
  }
});
