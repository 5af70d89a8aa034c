// Tokens a second of the 7B width on a GPU, beside what the device can do through the same runtime.
// DEVICE=cuda or webgpu (the default). The shape is that of the published model with few layers.
import path from 'node:path';
import { ROOT } from '../../harness/setup.mjs';
import { loadTypeScript } from '../support/bundle.mjs';

export async function bench() {
  const probe = await loadTypeScript(path.join(import.meta.dirname, 'probe.ts'));
  const report = await probe.measure(ROOT, process.env.DEVICE ?? 'webgpu');
  const rows = report.speeds.map((speed) => ({
    precision: speed.precision,
    attention: speed.trials.findLast(({ part }) => part === 'decoder').variant,
    'load, s': Number(speed.loadSeconds.toFixed(1)),
    'prefix, tokens/s': Math.round(speed.prefixTokensPerSecond),
    'tails, tokens/s': Math.round(speed.tailTokensPerSecond),
    'pass / fp32 products': Number((speed.passGflops / report.matrix.fp32Gflops).toFixed(2)),
    'worst difference to the CPU': speed.worstDifference,
    'noise floor': speed.noiseFloor,
  }));
  return { ...report, rows };
}
