// Session options of ONNX Runtime on the CPU, against each other: what `ortRuntime.ts` sets comes from here.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NODE, ROOT, run } from '../../harness/setup.mjs';
import { bundleTypeScript, loadTypeScript } from '../support/bundle.mjs';

const OPTIONS = {
  default: {},
  '1 thread': { intraOpNumThreads: 1 },
  'as many threads as cores': { intraOpNumThreads: os.availableParallelism() },
  'no spinning': { extra: { session: { intra_op: { allow_spinning: '0' } } } },
  'no memory arena': { enableCpuMemArena: false },
  'no memory pattern': { enableMemPattern: false },
  'basic graph optimisation': { graphOptimizationLevel: 'basic' },
  'no prepacking': { extra: { session: { disable_prepacking: '1' } } },
};
/** Rounds over all options, so that what disturbs one round disturbs every option. */
const ROUNDS = 3;

export async function bench() {
  const { writeBench } = await loadTypeScript(
    path.join(import.meta.dirname, '../support/checkpoints.ts'),
  );
  const probe = await bundleTypeScript(path.join(import.meta.dirname, 'probe.ts'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-options-'));
  try {
    const model = path.join(folder, 'model');
    writeBench(ROOT, path.join(folder, 'checkpoint'));
    run(NODE, [
      'dist/cli.js',
      'convert',
      `${folder}/checkpoint`,
      '--out',
      model,
      '--precision',
      'fp32',
    ]);
    const found = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, options] of Object.entries(OPTIONS)) {
        const code =
          `import(${JSON.stringify(`file://${probe}`)}).then(({ default: { measure } }) => ` +
          `measure(${JSON.stringify(model)}, ${JSON.stringify(options)}))` +
          '.then((result) => console.log(JSON.stringify(result)))';
        const result = JSON.parse(execFileSync(NODE, ['-e', code], { encoding: 'utf8' }));
        (found[name] ??= []).push(result);
      }
    }
    const best = (name, key) => Math.min(...found[name].map((result) => result[key]));
    const ratio = (name, key) => Number((best(name, key) / best('default', key)).toFixed(3));
    const rows = Object.keys(OPTIONS).map((name) => ({
      options: name,
      'pass, ms': Math.round(best(name, 'msPass')),
      'pass / default': ratio(name, 'msPass'),
      'tail / default': ratio(name, 'msTail'),
      'loaded, MB': Math.round(best(name, 'loadedBytes') / 1e6),
      'peak, MB': Math.round(best(name, 'peakBytes') / 1e6),
    }));
    return { found, rows };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
