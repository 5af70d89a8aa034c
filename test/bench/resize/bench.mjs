// Our bilinear resize beside Pillow's, on one thread each, in turns; and whether they give the same
// bytes. PYTHON names an interpreter that has Pillow (python3); without one ours is timed alone.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { ROOT } from '../../harness/setup.mjs';
import { loadTypeScript } from '../support/bundle.mjs';

const REPEATS = 9;
const LIMIT = 1.5;
/** a photo, a picture smaller than the model's, a frame of a video */
const CASES = [
  { from: [4000, 3000], to: [1680, 1260] },
  { from: [1000, 750], to: [1680, 1260] },
  { from: [640, 360], to: [1120, 630] },
];

/** Reads the pixels, warms up, and prints milliseconds, hash of the result, and version. */
const PILLOW = `
import hashlib, sys, time, PIL
from PIL import Image
w, h, width, height = map(int, sys.argv[1:])
image = Image.frombytes('RGB', (w, h), sys.stdin.buffer.read())
image.resize((width, height), Image.BILINEAR)
start = time.perf_counter()
resized = image.resize((width, height), Image.BILINEAR)
ms = 1000 * (time.perf_counter() - start)
print(ms, hashlib.sha256(resized.tobytes()).hexdigest(), PIL.__version__)
`;

export async function bench() {
  const { bilinearResize } = await loadTypeScript(path.join(ROOT, 'src/vision/bilinearResize.ts'));
  const rows = CASES.map((sizes) => compare(sizes, bilinearResize));
  if (rows.some((row) => row.pillow === undefined)) {
    console.log('PYTHON has no Pillow: ours is timed alone');
  }
  return { unit: 'ms', repeats: REPEATS, rows };
}

function compare({ from: [w, h], to: [width, height] }, bilinearResize) {
  const data = randomBytes(3 * w * h);
  const source = { width: w, height: h, data };
  const { data: expected } = bilinearResize(source, width, height);
  const sha256 = createHash('sha256').update(expected).digest('hex');
  const [ours, theirs] = [[], []];
  let [same, version] = [true, undefined];
  for (let n = 0; n < REPEATS; n += 1) {
    const start = performance.now();
    bilinearResize(source, width, height);
    ours.push(performance.now() - start);
    const pillow = timePillow(data, [w, h, width, height]);
    if (pillow !== undefined) {
      theirs.push(pillow.ms);
      same &&= pillow.sha256 === sha256;
      ({ version } = pillow);
    }
  }
  const row = { what: `${w} × ${h} to ${width} × ${height}`, ours: round(median(ours)) };
  if (version === undefined) {
    return row;
  }
  const ratio = round(median(ours) / median(theirs));
  return {
    ...row,
    pillow: round(median(theirs)),
    ratio,
    limit: LIMIT,
    holds: same && ratio <= LIMIT,
    'same bytes': same,
    version,
  };
}

/** @returns {{ ms: number, sha256: string, version: string } | undefined} nothing without Pillow */
function timePillow(input, sizes) {
  const python = process.env.PYTHON ?? 'python3';
  const { status, stdout } = spawnSync(python, ['-c', PILLOW, ...sizes.map(String)], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) {
    return undefined;
  }
  const [ms, sha256, version] = stdout.trim().split(' ');
  return { ms: Number(ms), sha256, version };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function round(value) {
  return Math.round(100 * value) / 100;
}
