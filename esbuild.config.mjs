// Bundles: extension, engine and command (Node, CommonJS), webview (browser). `--watch` keeps going.
import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** What the runtime provides, or what ships native files and must stay a package. */
const EXTERNAL = ['vscode', 'onnxruntime-node', 'sharp', '@napi-rs/canvas'];

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
  preparer: { ...node, entryPoints: { preparer: 'src/engine/prepareThread.ts' } },
  quantiser: { ...node, entryPoints: { quantiser: 'src/engine/quantiserThread.ts' } },
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
    entryPoints: { webview: 'webview/main.ts', statistics: 'webview/statistics/main.ts' },
    tsconfig: 'webview/tsconfig.json',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    // what renders texts, and what decodes videos without ffmpeg, is loaded when it is needed
    splitting: true,
    chunkNames: 'webview-[name]-[hash]',
    outdir: 'dist',
  },
};

/**
 * Builds everything. Who reads a bundle meanwhile gets the old one or the new one, whole; one that does
 * not change is left alone.
 * @returns esbuild's metafiles by bundle name
 */
export async function build(names = Object.keys(BUNDLES)) {
  const results = await Promise.all(
    names.map((name) => esbuild.build({ ...BUNDLES[name], write: false })),
  );
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  files.forEach(({ path: file, contents }) => writeWhole(file, contents));
  if (names.includes('webview')) {
    removeChunks(files.map((file) => path.basename(file.path)));
  }
  const metafiles = Object.fromEntries(names.map((name, n) => [name, results[n].metafile]));
  writeWhole('dist/third-party-notices.txt', Buffer.from(notices(bundledPackages(metafiles))));
  return metafiles;
}

function writeWhole(file, contents) {
  if (fs.existsSync(file) && fs.readFileSync(file).equals(contents)) {
    return;
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(unfinished, contents);
  fs.renameSync(unfinished, file);
}

/** Chunks have other names when they change: those of earlier builds would stay for ever. */
function removeChunks(kept) {
  const chunks = fs.readdirSync('dist').filter((name) => name.startsWith('webview-'));
  for (const name of chunks.filter((chunk) => !kept.includes(chunk))) {
    fs.rmSync(path.join('dist', name));
  }
}

/** Folders of the packages whose code went into a bundle. */
export function bundledPackages(metafiles) {
  const inputs = Object.values(metafiles).flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = inputs.flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  // files that a package leaves out in browsers are listed, too
  return [...new Set(folders.map((folder) => folder.replace(/^\(disabled\):/, '')))].sort();
}

/** Names, licences and licence texts of bundled packages: most licences ask for that. */
function notices(folders) {
  return folders
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        fs.readFileSync(path.join(folder, 'package.json'), 'utf8'),
      );
      const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? '' : fs.readFileSync(path.join(folder, file), 'utf8');
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    })
    .join('\n----------------------------------------\n\n');
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
