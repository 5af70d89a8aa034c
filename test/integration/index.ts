// The test runner inside VS Code: every built *.test.js beside it, results as JSON.

import fs from 'node:fs';
import path from 'node:path';
import util from 'node:util';
import Mocha from 'mocha';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/** Called by VS Code. Rejects when a test failed. */
export async function run(): Promise<void> {
  // marks the lines, because VS Code's own go the same way
  Mocha.reporters.Base.consoleLog = (...parts: unknown[]) =>
    console.log(`[mocha] ${util.format(...parts)}`);
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 60_000 });
  for (const name of fs.readdirSync(__dirname)) {
    if (name.endsWith('.test.js')) {
      mocha.addFile(path.join(__dirname, name));
    }
  }
  const outcome = await new Promise<Outcome>((resolve) => {
    const runner = mocha.run((failed) => resolve({ passed: runner.stats?.passes ?? 0, failed }));
  });
  const results = process.env.REWARDLENS_TEST_RESULTS;
  if (results !== undefined) {
    fs.writeFileSync(results, JSON.stringify(outcome));
  }
  if (outcome.failed > 0 || outcome.passed === 0) {
    throw new Error(`${outcome.failed} of ${outcome.passed + outcome.failed} tests failed`);
  }
}
