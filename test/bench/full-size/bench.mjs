// The full shape of IXC-2.5-Reward (32 layers, 4096 wide) with random weights in int4: converts, loads
// and scores one picture with four answers on the CPU. Needs 25 GB of disk in the temporary folder.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../harness/setup.mjs';
import { loadTypeScript } from '../support/bundle.mjs';
import { runWatched } from '../support/watched.mjs';

const LAYERS = 32;

export async function bench() {
  const { writeLarge } = await loadTypeScript(
    path.join(import.meta.dirname, '../support/checkpoints.ts'),
  );
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-full-'));
  try {
    const checkpoint = path.join(folder, 'checkpoint');
    const bytes = writeLarge(ROOT, checkpoint, LAYERS);
    const model = path.join(folder, 'model');
    const converted = await runWatched([
      'convert',
      checkpoint,
      '--out',
      model,
      '--precision',
      'int4',
    ]);
    fs.rmSync(checkpoint, { recursive: true });
    const modelBytes = fs
      .readdirSync(model)
      .reduce((sum, name) => sum + fs.statSync(path.join(model, name)).size, 0);
    const dataset = path.join(folder, 'one.candidates.jsonl');
    const sample = {
      id: 'kettle',
      prompt: 'What is on the stove?',
      images: ['img/kettle.png'],
      candidates: ['A steel kettle.', 'Two cats.', 'A pot of soup, and a pan.', 'Nothing.'],
    };
    fs.writeFileSync(dataset, `${JSON.stringify(sample)}\n`);
    const stats = path.join(folder, 'stats.jsonl');
    const scored = await runWatched([
      'score',
      dataset,
      '--model',
      model,
      '--media-root',
      path.join(ROOT, 'test/fixtures/samples'),
      '--stats',
      stats,
    ]);
    const gb = (size) => Math.round(size / 1e8) / 10;
    const seconds = (ms) => Math.round(ms / 100) / 10;
    const rows = [
      { what: 'checkpoint, GB', value: gb(bytes) },
      { what: 'int4 model, GB', value: gb(modelBytes) },
      { what: 'convert, s', value: seconds(converted.ms) },
      { what: 'convert, peak MB', value: converted.peakMb },
      { what: 'load and score, s', value: seconds(scored.ms) },
      { what: 'load and score, peak MB', value: scored.peakMb },
      { what: 'swapped out, MB', value: scored.swapMb },
    ];
    return {
      rows,
      scored: JSON.parse(scored.stdout),
      stats: JSON.parse(fs.readFileSync(stats, 'utf8')),
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
