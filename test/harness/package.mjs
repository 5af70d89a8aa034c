// `npm run package`: the VSIX of this platform, with the native files of this platform only.
import fs from 'node:fs';
import path from 'node:path';
import { ensureDependencies, NODE, onPinnedNode, ROOT, run } from './setup.mjs';

/** VS Code's name of this platform. */
const TARGET = `${process.platform}-${process.arch}`;

/** What the package holds; everything else stays out. */
const CONTENT = [
  'dist/*.js',
  'dist/*.css',
  'dist/*.ttf',
  'dist/third-party-notices.txt',
  'media/*.*',
  'media/demo-model/*',
  'media/samples/*.candidates.jsonl',
  'media/samples/img/*',
  'media/samples/video/*',
  'media/frame-labels/*',
  'media/pictures/*',
  'l10n/**',
  'package.json',
  'package.nls*.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'node_modules/onnxruntime-node/package.json',
  'node_modules/onnxruntime-node/dist/**/*.js',
  `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/**`,
  'node_modules/onnxruntime-common/package.json',
  'node_modules/onnxruntime-common/dist/cjs/**/*.js',
  // without it Node takes the files beside it for ES modules
  'node_modules/onnxruntime-common/dist/cjs/package.json',
  'node_modules/sharp/package.json',
  'node_modules/sharp/LICENSE',
  'node_modules/sharp/lib/**',
  'node_modules/sharp/dist/**',
  'node_modules/@img/colour/**',
  `node_modules/@img/sharp-${TARGET}/**`,
  `node_modules/@img/sharp-libvips-${TARGET}/**`,
  'node_modules/@napi-rs/canvas/package.json',
  'node_modules/@napi-rs/canvas/LICENSE',
  'node_modules/@napi-rs/canvas/*.js',
  // its name ends with the C library or the compiler: linux-x64-gnu, win32-x64-msvc
  `node_modules/@napi-rs/canvas-${TARGET}*/**`,
  'node_modules/detect-libc/**',
  'node_modules/semver/**',
];

/** Builds the package. @returns its path */
export function buildPackage() {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const folder = path.join(ROOT, '.vscode-test');
  fs.mkdirSync(folder, { recursive: true });
  const ignoreFile = path.join(folder, 'vscodeignore');
  fs.writeFileSync(ignoreFile, ['**', ...CONTENT.map((pattern) => `!${pattern}`), ''].join('\n'));
  run(NODE, ['esbuild.config.mjs', '--production']);
  const out = path.join(folder, `rewardlens-${TARGET}-${version}.vsix`);
  run(NODE, [
    path.join(ROOT, 'node_modules/@vscode/vsce/vsce'),
    'package',
    '--target',
    TARGET,
    '--ignoreFile',
    ignoreFile,
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    out,
  ]);
  return out;
}

if (process.argv[1] === import.meta.filename) {
  ensureDependencies();
  if (onPinnedNode(import.meta.filename)) {
    console.log(buildPackage());
  }
}
