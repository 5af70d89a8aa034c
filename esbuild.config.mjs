// Bundles: extension, engine and command (Node, CommonJS), webview (browser). `--watch` keeps going.
import { copyFile, mkdir } from 'node:fs/promises';
import esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** What the runtime provides, or what ships native files and must stay a package. */
const EXTERNAL = ['vscode', 'onnxruntime-node', 'sharp'];

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'info',
  legalComments: 'none',
};
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: EXTERNAL,
  outdir: 'dist',
  mainFields: ['module', 'main'],
};

export const BUNDLES = {
  extension: { ...node, entryPoints: { extension: 'src/extension.ts' } },
  engine: { ...node, entryPoints: { engine: 'src/engine/main.ts' } },
  cli: {
    ...node,
    entryPoints: { cli: 'src/cli/main.ts' },
    banner: { js: '#!/usr/bin/env node' },
  },
  webview: {
    ...shared,
    platform: 'browser',
    format: 'esm',
    target: 'chrome130',
    entryPoints: { webview: 'webview/main.ts' },
    tsconfig: 'webview/tsconfig.json',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    outdir: 'dist',
  },
};

/** Builds everything; returns esbuild's metafiles by bundle name. */
export async function build(names = Object.keys(BUNDLES)) {
  const results = await Promise.all(names.map((name) => esbuild.build(BUNDLES[name])));
  return Object.fromEntries(names.map((name, n) => [name, results[n].metafile]));
}

if (process.argv[1] === import.meta.filename) {
  if (watch) {
    for (const options of Object.values(BUNDLES)) {
      const context = await esbuild.context(options);
      await context.watch();
    }
  } else {
    await build();
  }
}
