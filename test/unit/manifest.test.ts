// package.json against the code and the README.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  COMMANDS,
  MEDIA_NAME,
  SECTION,
  SETTINGS,
  OTHER_VIEW_TYPE,
  SIDE_PANEL,
  VIEW_TYPE,
} from '../../src/host/ids';
import { DEFAULT_SCORE_OPTIONS } from '../../src/sample/scorer';
import { FIXTURES, readJson, ROOT } from '../support/paths';

interface Manifest {
  readonly version: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly customEditors: readonly { readonly viewType: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly menus: Readonly<
      Record<string, readonly { readonly command: string; readonly when?: string }[]>
    >;
    readonly configuration: {
      readonly properties: Readonly<
        Record<
          string,
          {
            readonly default: unknown;
            readonly scope?: string;
            readonly markdownDescription: string;
          }
        >
      >;
    };
  };
}

const manifest = readJson(path.join(ROOT, 'package.json')) as Manifest;
const strings = readJson(path.join(ROOT, 'package.nls.json')) as Record<string, string>;
/** with the padding of table cells taken out */
const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8').replaceAll(/ +\|/g, ' |');
const properties = manifest.contributes.configuration.properties;

test('commands, views and editors of the manifest are those of the code', () => {
  const commands = manifest.contributes.commands.map(({ command }) => command);
  expect(commands.sort()).toEqual(Object.values(COMMANDS).sort());
  expect(manifest.contributes.commands.every(({ category }) => category === 'RewardLens')).toBe(
    true,
  );
  expect(manifest.contributes.customEditors.map((editor) => editor.viewType)).toEqual([
    VIEW_TYPE,
    OTHER_VIEW_TYPE,
  ]);
  expect(
    Object.values(manifest.contributes.views)
      .flat()
      .map((view) => view.id),
  ).toEqual([SIDE_PANEL]);
  for (const { command } of Object.values(manifest.contributes.menus).flat()) {
    expect(commands).toContain(command);
  }
});

test('the Explorer offers pictures of the kinds that the side panel follows', () => {
  const entries = manifest.contributes.menus['explorer/context'] ?? [];
  const entry = entries.find(({ command }) => command === COMMANDS.reviewMedia);
  expect(entry?.when).toBe(`resourceScheme == file && resourceExtname =~ ${String(MEDIA_NAME)}`);
  const kinds = fs.readdirSync(path.join(FIXTURES, 'images/kinds'));
  expect(kinds.filter((name) => !MEDIA_NAME.test(name))).toEqual([]);
});

test('settings of the manifest are those of the code, each with default and scope', () => {
  expect(Object.keys(properties).sort()).toEqual(
    Object.values(SETTINGS)
      .map((name) => `${SECTION}.${name}`)
      .sort(),
  );
  for (const [name, property] of Object.entries(properties)) {
    expect(property.default, name).toBeDefined();
    expect(property.scope, name).toBeDefined();
  }
  expect(properties['rewardlens.scoring.hdNum']?.default).toBe(DEFAULT_SCORE_OPTIONS.hdNum);
  expect(properties['rewardlens.scoring.maxLength']?.default).toBe(DEFAULT_SCORE_OPTIONS.maxLength);
  expect(properties['rewardlens.scoring.compat']?.default).toBe(DEFAULT_SCORE_OPTIONS.compat);
  for (const name of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) {
    expect(properties).toHaveProperty([name]);
  }
});

test('the settings table of the README is complete and right', () => {
  for (const [name, property] of Object.entries(properties)) {
    const key = property.markdownDescription.replaceAll('%', '');
    const written = Array.isArray(property.default)
      ? JSON.stringify(property.default)
      : String(property.default);
    const value = written === '' ? 'empty' : `\`${written}\``;
    expect(readme).toContain(`| \`${name}\` | ${value} | ${strings[key] ?? 'no description'} |`);
  }
});

test('every %key% has its text and every text is used', () => {
  const used = new Set([...JSON.stringify(manifest).matchAll(/%([\w.]+)%/g)].map(([, key]) => key));
  expect([...used].sort()).toEqual(Object.keys(strings).sort());
});

test('nothing activates the extension but its own contributions', () => {
  expect(manifest.activationEvents).toEqual([]);
});

test('the types are those of the oldest VS Code that is promised', () => {
  const minor = (range: string | undefined): string | undefined =>
    /\d+\.\d+/.exec(range ?? '')?.[0];
  expect(minor(manifest.devDependencies['@types/vscode'])).toBe(minor(manifest.engines.vscode));
});

test('the changelog knows this version', () => {
  const changelog = fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
  expect(changelog).toContain(`## ${manifest.version}`);
});
