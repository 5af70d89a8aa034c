// Makes TypeScript of the benchmarks runnable.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { ROOT } from '../../harness/setup.mjs';

/** @returns what the module exports */
export async function loadTypeScript(file) {
  const outfile = path.join(ROOT, '.vscode-test', `bench-${path.basename(file, '.ts')}.cjs`);
  await esbuild.build({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'sharp', '@napi-rs/canvas'],
    outfile,
    logLevel: 'warning',
  });
  const { default: exported } = await import(pathToFileURL(outfile).href);
  return exported;
}
