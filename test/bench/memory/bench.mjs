// Memory that scoring takes beyond the weights: 7B width, few layers, extrapolated to 32. Linux only.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NODE, ROOT, run } from '../../harness/setup.mjs';
import { bundleTypeScript, loadTypeScript } from '../support/bundle.mjs';

const PREFIX_TOKENS = 4500;
const TAIL_TOKENS = 300;
// the last layer runs for scored rows only, so that fewer layers would hold less at a time than many do
const LAYERS = [4, 6];
const FULL_LAYERS = 32;
const COUNTS = [1, 32];
const GB = 1e9;

export async function bench() {
  const { writeLarge, kvBytes } = await loadTypeScript(
    path.join(import.meta.dirname, '../support/checkpoints.ts'),
  );
  const probe = await bundleTypeScript(path.join(import.meta.dirname, 'probe.ts'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-memory-'));
  try {
    const measured = [];
    for (const layers of LAYERS) {
      const checkpoint = path.join(folder, 'checkpoint');
      const model = path.join(folder, 'model');
      writeLarge(ROOT, checkpoint, layers);
      run(NODE, ['dist/cli.js', 'convert', checkpoint, '--out', model, '--precision', 'fp32']);
      for (const candidates of COUNTS) {
        const code =
          `import(${JSON.stringify(`file://${probe}`)}).then(({ default: { measure } }) => ` +
          `measure(${JSON.stringify(model)}, ${PREFIX_TOKENS}, ${TAIL_TOKENS}, ${candidates}))` +
          '.then((memory) => console.log(JSON.stringify(memory)))';
        const memory = JSON.parse(execFileSync(NODE, ['-e', code], { encoding: 'utf8' }));
        measured.push({ layers, candidates, over: memory.peakBytes - memory.loadedBytes, memory });
      }
      fs.rmSync(checkpoint, { recursive: true });
      fs.rmSync(model, { recursive: true });
    }
    const gb = (bytes) => Number((bytes / GB).toFixed(2));
    const limitOf = (layers, tokens) => 2 * kvBytes(layers, tokens) + GB;
    const row = (layers, candidates, over, tokens, label = `${layers}`) => ({
      layers: label,
      candidates,
      'over weights, GB': gb(over),
      'prefix KV, GB': gb(kvBytes(layers, tokens)),
      'limit, GB': gb(limitOf(layers, tokens)),
      holds: over <= limitOf(layers, tokens),
    });
    const rows = measured.map(({ layers, candidates, over, memory }) =>
      row(layers, candidates, over, memory.prefixTokens),
    );
    for (const candidates of COUNTS) {
      const [few, more] = measured.filter((entry) => entry.candidates === candidates);
      const perLayer = (more.over - few.over) / (more.layers - few.layers);
      const over = few.over + perLayer * (FULL_LAYERS - few.layers);
      const label = `${FULL_LAYERS} (extrapolated)`;
      rows.push(row(FULL_LAYERS, candidates, over, few.memory.prefixTokens, label));
    }
    return { measured, rows };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
