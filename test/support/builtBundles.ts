// Tests of processes run the real bundles: build them once, before any test.

import { build } from '../../esbuild.config.mjs';

export default async function setup(): Promise<void> {
  await build();
}
