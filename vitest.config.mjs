import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/golden/**/*.test.ts'],
    globalSetup: ['test/support/builtBundles.ts', 'test/support/ownCache.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // two cores: files side by side would fight the inference threads
    maxWorkers: 2,
  },
});
