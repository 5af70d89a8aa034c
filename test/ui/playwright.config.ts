import path from 'node:path';
import { defineConfig } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '../..');

export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: path.join(root, 'test-results/ui'),
  // one VS Code at a time: two cores, and the engine wants both (two at once take 0.85 of the time, and miss waits)
  workers: 1,
  // VS Code may start too slowly while the machine is busy; what passes only then is told as flaky
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: path.join(root, 'test-results/ui.json') }]],
});
