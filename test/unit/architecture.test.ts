// The rooms: who imports whom, no circles, outside packages in their rooms, bundles kept apart.

import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, inject, test } from 'vitest';
import { NODE_ROOMS, ROOM_RANKS } from '../../eslint.config.mjs';
import { readJson, ROOT } from '../support/paths';

const ranks = ROOM_RANKS as Readonly<Record<string, number>>;

function sources(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

const files = [...sources('src'), ...sources('webview')];
const known = new Set(files);
/** imports of every file, type-only ones included */
const graph = new Map(
  files.map((file) => {
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    return [file, ts.preProcessFile(text, true, true).importedFiles.map((i) => i.fileName)];
  }),
);

function resolve(from: string, spec: string): string | undefined {
  const target = path.posix.join(path.posix.dirname(from), spec);
  return spec.startsWith('.') && known.has(`${target}.ts`) ? `${target}.ts` : undefined;
}

function roomOf(file: string): string {
  const [top, room, ...rest] = file.split('/');
  return top === 'webview' ? 'webview' : rest.length > 0 ? (room ?? '') : 'entry';
}

function violations(check: (file: string, spec: string) => boolean): string[] {
  return files.flatMap((file) =>
    (graph.get(file) ?? []).filter((spec) => check(file, spec)).map((spec) => `${file}: ${spec}`),
  );
}

test('there is something to check', () => {
  expect(files.length).toBeGreaterThan(80);
  expect(new Set(files.map(roomOf))).toEqual(new Set([...Object.keys(ranks), 'webview', 'entry']));
});

test('imports go down the ranks', () => {
  const bad = violations((file, spec) => {
    const target = resolve(file, spec);
    if (target === undefined) {
      return false;
    }
    const [from, to] = [roomOf(file), roomOf(target)];
    if (from === to || from === 'entry') {
      return false;
    }
    return from === 'webview'
      ? !['protocol', 'sample', 'base'].includes(to)
      : to === 'entry' || to === 'webview' || !((ranks[to] ?? 99) < (ranks[from] ?? -1));
  });
  expect(bad).toEqual([]);
});

test('every relative import is resolved', () => {
  const bad = violations(
    (file, spec) =>
      spec.startsWith('.') && resolve(file, spec) === undefined && !/\.(css|json)$/.test(spec),
  );
  expect(bad).toEqual([]);
});

test('no import cycles, type-only ones included', () => {
  const state = new Map<string, 'open' | 'done'>();
  const stack: string[] = [];
  const cycles: string[] = [];
  const visit = (file: string): void => {
    if (state.get(file) === 'done') {
      return;
    }
    if (state.get(file) === 'open') {
      cycles.push([...stack.slice(stack.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    stack.push(file);
    for (const spec of graph.get(file) ?? []) {
      const target = resolve(file, spec);
      if (target !== undefined) {
        visit(target);
      }
    }
    stack.pop();
    state.set(file, 'done');
  };
  files.forEach(visit);
  expect(cycles).toEqual([]);
});

test('outside packages stay in their rooms', () => {
  const bad = violations((file, spec) => {
    const room = roomOf(file);
    return (
      (spec === 'vscode' && room !== 'host' && room !== 'entry') ||
      (spec.startsWith('onnxruntime') && file !== 'src/model/ortRuntime.ts') ||
      (spec === 'sharp' && room !== 'vision') ||
      (spec === '@napi-rs/canvas' && file !== 'src/vision/avifCodec.ts') ||
      (spec.startsWith('node:') && !NODE_ROOMS.includes(room)) ||
      (spec.startsWith('@vscode/webview-ui-toolkit') && file !== 'webview/controls.ts')
    );
  });
  expect(bad).toEqual([]);
});

test('files are of a size to read', () => {
  const long = files
    .map(
      (file) => [file, fs.readFileSync(path.join(ROOT, file), 'utf8').split('\n').length] as const,
    )
    .filter(([, lines]) => lines > 400);
  expect(long).toEqual([]);
});

test('every file says first what it owns', () => {
  const bad = files.filter(
    (file) => !fs.readFileSync(path.join(ROOT, file), 'utf8').startsWith('// '),
  );
  expect(bad).toEqual([]);
});

test('the extension never reaches the runtime, the engine and the command never VS Code', () => {
  const bundles = inject('metafiles');
  const reached = (name: string): string[] => {
    const bundle = bundles[name];
    return [
      ...Object.keys(bundle?.inputs ?? {}),
      ...Object.values(bundle?.outputs ?? {}).flatMap((o) => o.imports.map((i) => i.path)),
    ];
  };
  const has = (name: string, part: RegExp): boolean => reached(name).some((p) => part.test(p));
  expect(has('extension', /onnxruntime/)).toBe(false);
  expect(has('extension', /^sharp$|\/sharp\//)).toBe(false);
  for (const name of Object.keys(bundles)) {
    expect(has(name, /^@napi-rs\/canvas/)).toBe(name === 'preparer');
  }
  expect(has('extension', /^vscode$/)).toBe(true);
  expect(has('engine', /onnxruntime/)).toBe(true);
  expect(has('engine', /^vscode$/)).toBe(false);
  // the thread that prepares samples would load the runtime a second time
  expect(has('preparer', /^vscode$|onnxruntime/)).toBe(false);
  expect(has('cli', /^vscode$|onnxruntime/)).toBe(false);
  expect(has('webview', /^vscode$|onnxruntime|^node:/)).toBe(false);
  // the webview uses the messages' types only: no schema library in the page
  expect(has('webview', /node_modules\/zod/)).toBe(false);
});

test('what is bundled or shipped has a licence that allows it', () => {
  // MPL-2.0 binds its own files only; they are bundled unchanged (mediabunny)
  const allowed =
    /^(MPL-2\.0|MIT|ISC|BSD-[23]-Clause|Apache-2\.0|0BSD|CC-BY-4\.0|BlueOak-1\.0\.0)$/;
  const shipped = [
    'onnxruntime-node',
    'onnxruntime-common',
    'sharp',
    '@img/colour',
    'detect-libc',
    'semver',
    '@napi-rs/canvas',
  ];
  const folders = [...inject('packages'), ...shipped.map((name) => `node_modules/${name}`)];
  expect(folders.length).toBeGreaterThan(20);
  const refused = folders.filter((folder) => {
    const { license } = readJson(path.join(ROOT, folder, 'package.json')) as { license: string };
    // of several to choose from one is enough
    return !license.split(/[() ]+OR[() ]+|[()]/).some((name) => allowed.test(name));
  });
  expect(refused).toEqual([]);
});
