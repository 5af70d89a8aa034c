// Makes TypeScript of the benchmarks runnable.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { ROOT } from '../../harness/setup.mjs';

/** @returns path of a CommonJS bundle */
export async function bundleTypeScript(file) {
  const folder = path.basename(path.dirname(file));
  const outfile = path.join(
    ROOT,
    '.vscode-test',
    `bench-${folder}-${path.basename(file, '.ts')}.cjs`,
  );
  await esbuild.build({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // of test/support/paths.ts, the only file that asks where it lies
    define: { 'import.meta.dirname': JSON.stringify(path.join(ROOT, 'test/support')) },
    external: ['onnxruntime-node', 'sharp', '@napi-rs/canvas'],
    outfile,
    logLevel: 'warning',
  });
  return outfile;
}

/** @returns what the module exports */
export async function loadTypeScript(file) {
  const outfile = await bundleTypeScript(file);
  const { default: exported } = await import(pathToFileURL(outfile).href);
  return exported;
}
