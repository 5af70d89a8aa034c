import { expect, test } from 'vitest';
import { collectTexts } from '../../harness/collectTexts.mjs';

test('translators get the texts of the host and of the pages', () => {
  const texts = collectTexts();
  expect(texts).toContain('Save the file as UTF-8.'); // src/host
  expect(texts).toContain('Save and next'); // webview
  expect(texts).toContain('RewardLens scoring engine. Click for its log.'); // vscode.l10n.t
  expect(new Set(texts).size).toBe(texts.length);
});
