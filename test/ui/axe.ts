// axe on a page of ours.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from '@playwright/test';
import { expect } from './vscode';

const axeSource = fs.readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly {
      readonly target: readonly string[];
      readonly failureSummary?: string;
    }[];
  }[];
  readonly passes: readonly unknown[];
}

/** What axe complains of. */
export async function violations(frame: Frame): Promise<string[]> {
  await frame.evaluate(`${axeSource};0`);
  const result = await frame.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  );
  // a page that axe could not look at has no passes either
  expect(result.passes.length).toBeGreaterThan(15);
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  );
}
