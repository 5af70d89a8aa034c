// axe on a page of ours, in each kind of theme.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from '@playwright/test';
import { THEMES } from '../harness/vscodeServer.mjs';
import { expect, type Window } from './vscode';

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

type ThemeName = keyof typeof THEMES;

/** @returns the name of the theme that a page has */
async function themeOf(frame: Frame): Promise<ThemeName | undefined> {
  const id = await frame.evaluate(() => document.body.dataset.vscodeThemeId);
  return (Object.keys(THEMES) as ThemeName[]).find((name) => THEMES[name] === id);
}

/** Changes the theme below an open page; colours that fade have arrived then. */
async function changeTheme(window: Window, frame: Frame, name: ThemeName): Promise<void> {
  window.setTheme(THEMES[name]);
  await expect.poll(() => themeOf(frame)).toBe(name);
  await frame.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation instanceof CSSTransition)
        .map(({ finished }) => finished),
    ),
  );
}

/**
 * Expects a page to have no violations in all four kinds of theme, one after the other, as it
 * stands: what is open, focused or typed stays. The last theme stays as well.
 * @param look is called in each theme
 */
export async function expectNoViolations(
  window: Window,
  frame: Frame,
  look?: (theme: ThemeName) => Promise<void>,
): Promise<void> {
  const first = await themeOf(frame);
  const others = (Object.keys(THEMES) as ThemeName[]).filter((name) => name !== first);
  for (const name of [...(first === undefined ? [] : [first]), ...others]) {
    if (name !== first) {
      await changeTheme(window, frame, name);
    }
    expect(await violations(frame), name).toEqual([]);
    await look?.(name);
  }
}
