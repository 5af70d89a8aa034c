// Converting a checkpoint of more than 8 GB: memory stays bounded, and how fast it goes beside `cp`
// of the same bytes on the same disk. Needs 25 GB of disk in the temporary folder.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../harness/setup.mjs';
import { loadTypeScript } from '../support/bundle.mjs';
import { runWatched } from '../support/watched.mjs';

/** 8.7 GB in bfloat16 at the width of the 7B model. */
const LAYERS = 15;

const MAX_PEAK_MB = 1500;
/** of `cp`'s rate, where the weights are only rounded */
const MIN_FP16_RATIO = 0.5;

export async function bench() {
  const { writeLarge } = await loadTypeScript(
    path.join(import.meta.dirname, '../support/checkpoints.ts'),
  );
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rewardlens-large-'));
  try {
    const checkpoint = path.join(folder, 'checkpoint');
    const bytes = writeLarge(ROOT, checkpoint, LAYERS);
    const rate = (ms) => Math.round(bytes / 1000 / ms);
    const measure = async (what) => {
      const out = path.join(folder, what);
      const { ms, peakMb } = await runWatched([
        'convert',
        checkpoint,
        '--out',
        out,
        '--precision',
        what,
      ]);
      fs.rmSync(out, { recursive: true });
      return { what, ms, peakMb };
    };
    const copy = () => copyToDisk(checkpoint, path.join(folder, 'copy'));
    // disks of virtual machines are fast and slow in turn: `cp` goes around what is held against it
    const before = copy();
    const fp16 = await measure('fp16');
    const cpMs = (before + copy()) / 2;
    const others = [];
    for (const what of ['fp32', 'int8', 'int4']) {
      others.push(await measure(what));
    }
    const rows = [
      { what: 'cp', seconds: Math.round(cpMs / 1000), 'MB/s': rate(cpMs), ratio: 1 },
      ...[fp16, ...others].map(({ what, ms, peakMb }) => ({
        what,
        seconds: Math.round(ms / 1000),
        'MB/s': rate(ms),
        ratio: Math.round((100 * cpMs) / ms) / 100,
        'peak MB': peakMb,
      })),
    ];
    requireBounds(rows);
    return { bytes, rows };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** To the disk, as a conversion goes. @returns ms */
function copyToDisk(from, to) {
  const start = performance.now();
  const { status } = spawnSync('sh', ['-c', `cp -r "${from}" "${to}" && sync "${to}"/*`]);
  const ms = performance.now() - start;
  if (status !== 0) {
    throw new Error('cp failed');
  }
  fs.rmSync(to, { recursive: true });
  return ms;
}

function requireBounds(rows) {
  const faults = rows.flatMap(({ what, ratio, 'peak MB': peakMb = 0 }) => [
    ...(peakMb > MAX_PEAK_MB ? [`${what} took ${peakMb} MB, not ${MAX_PEAK_MB}`] : []),
    ...(what === 'fp16' && !(ratio >= MIN_FP16_RATIO)
      ? [`${what} ran at ${ratio} of cp's rate, not ${MIN_FP16_RATIO}`]
      : []),
  ]);
  if (faults.length > 0) {
    console.table(rows);
    throw new Error(faults.join('; '));
  }
}
