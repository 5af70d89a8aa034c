// Tests of processes run the real bundles: they are built once, before any test.

import type { TestProject } from 'vitest/node';
import { build, bundledPackages } from '../../esbuild.config.mjs';

export interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string }[] }>
  >;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** esbuild's record of each bundle */
    metafiles: Readonly<Record<string, Metafile>>;
    /** folders of the packages inside bundles */
    packages: readonly string[];
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const metafiles = (await build()) as Readonly<Record<string, Metafile>>;
  project.provide('metafiles', metafiles);
  project.provide('packages', bundledPackages(metafiles));
}
