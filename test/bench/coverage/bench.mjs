// How often the 95 % intervals of the statistics hold the true value, in simulated reviews.
import path from 'node:path';
import { loadTypeScript } from '../support/bundle.mjs';

export async function bench() {
  const probe = await loadTypeScript(path.join(import.meta.dirname, 'probe.ts'));
  const rows = probe.measure().map(({ name, held, runs, width }) => ({
    interval: name,
    'held the truth': `${((100 * held) / runs).toFixed(1)} %`,
    runs,
    'median width': Number(width.toFixed(3)),
  }));
  return { rows };
}
