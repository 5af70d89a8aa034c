// What each precision costs in accuracy, and gains in time: correlation and error of rewards against
// float32, and how often a clear order of two answers survives.
import path from 'node:path';
import { ROOT } from '../../harness/setup.mjs';
import { loadTypeScript } from '../support/bundle.mjs';

/** Share of clear pairs that int8 must leave in order. */
const MIN_AGREEMENT = 0.99;

export async function bench() {
  const probe = await loadTypeScript(path.join(import.meta.dirname, 'probe.ts'));
  const losses = await probe.measure(ROOT, path.join(ROOT, '../shared/golden'));
  const round = (value, digits) => Number(value.toFixed(digits));
  const rows = losses.map((loss) => ({
    model: loss.model,
    precision: loss.variant,
    correlation: round(loss.correlation, 5),
    'worst |Δ| / sd': round(loss.worst, 4),
    'worst |Δ|': round(loss.worstAbsolute, 5),
    'mean |Δ| / sd': round(loss.mean, 4),
    'order kept': round(loss.agreement, 4),
    'ms / answer': round(loss.msPerAnswer, 1),
  }));
  for (const { model, variant, agreement } of losses) {
    if (variant === probe.WRITTEN_INT8 && !(agreement >= MIN_AGREEMENT)) {
      console.table(rows);
      throw new Error(`${model}: ${variant} keeps the order of ${agreement} of the pairs only`);
    }
  }
  return { losses, rows };
}
