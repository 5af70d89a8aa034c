// What each precision costs in accuracy, and gains in time: correlation and error of rewards against
// float32, and how often a clear order of two answers survives.
import path from 'node:path';
import { ROOT } from '../../harness/setup.mjs';
import { loadTypeScript } from '../support/bundle.mjs';

export async function bench() {
  const probe = await loadTypeScript(path.join(import.meta.dirname, 'probe.ts'));
  const losses = await probe.measure(ROOT, path.join(ROOT, '../shared/golden'));
  const round = (value, digits) => Number(value.toFixed(digits));
  const rows = losses.map((loss) => ({
    model: loss.model,
    precision: loss.variant,
    correlation: round(loss.correlation, 5),
    'worst |Δ| / sd': round(loss.worst, 4),
    'mean |Δ| / sd': round(loss.mean, 4),
    'order kept': round(loss.agreement, 4),
    'ms / answer': round(loss.msPerAnswer, 1),
  }));
  return { losses, rows };
}
