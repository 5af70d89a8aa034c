// A conversion that meets bad weights or loses its threads: an error that names the tensor, and a
// process that lives on.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { withThreadedQuantiser } from '../../../src/engine/threadedQuantiser';
import { SLICE_BYTES } from '../../../src/model/convert/sliceMemory';
import { quantiseBlocks } from '../../../src/model/convert/quantise';
import type { Quantiser } from '../../../src/model/convert/quantiser';
import { readSafetensorsHeader } from '../../../src/model/checkpoint/safetensors';
import { openFileSource } from '../../../src/node/fileSource';
import { convertTo } from '../../support/conversions';
import { CLI, ROOT, tempFolder, TINY_CHECKPOINT } from '../../support/paths';
import { CLIP, dimsOf, writeEmptyCheckpoint } from '../../support/randomCheckpoint';

/** [32768, 1024] float32: 128 MB, which is many slices. */
const LARGE = 'model.layers.0.feed_forward.w1.weight';

let checkpointFolder: string;

beforeAll(async () => {
  checkpointFolder = path.join(tempFolder(), 'checkpoint');
  const vision = { ...CLIP, hidden: 64, layers: 1, heads: 1, mlp: 64 };
  const dims = dimsOf({
    ...{ hidden: 1024, layers: 1, heads: 16, kvHeads: 4, headDim: 64, mlp: 32_768 },
    ...{ vocab: 1024, loraRank: 8, vision },
  });
  writeEmptyCheckpoint(checkpointFolder, dims, path.join(TINY_CHECKPOINT, 'tokenizer.model'));
  const file = path.join(checkpointFolder, 'model.safetensors');
  const source = await openFileSource(file);
  const { offset } = (await readSafetensorsHeader(source)).get(LARGE) ?? { offset: 0 };
  await source.close();
  const handle = fs.openSync(file, 'r+');
  // the first weight of the third slice
  const nan = Buffer.from(new Float32Array([Number.NaN]).buffer);
  fs.writeSync(handle, nan, 0, 4, offset + 2 * SLICE_BYTES);
  fs.closeSync(handle);
});

const namesTheTensor = {
  code: 'CHECKPOINT_INVALID',
  message: expect.stringMatching(/feed_forward\.w1\.weight: a weight is not finite/) as string,
  data: { tensor: LARGE },
};

test('one weight that is not finite among many slices: the tensor is named', async () => {
  const out = path.join(tempFolder(), 'model');
  const script = path.join(ROOT, 'dist/quantiser.js');
  await expect(
    withThreadedQuantiser(script, (quantiser) =>
      convertTo(out, { checkpointFolder, precision: 'int8', quantiser }),
    ),
  ).rejects.toMatchObject(namesTheTensor);
});

test('a slice that fails before its turn is not an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    // the slices before the bad one take long, and it fails at once
    const quantiser: Quantiser = {
      parallel: 4,
      quantise: async (task) => {
        const large = task.bytes.byteLength === SLICE_BYTES;
        const bad = large && Number.isNaN(new Float32Array(task.bytes.buffer)[0]);
        await new Promise((resolve) => setTimeout(resolve, large && !bad ? 50 : 0));
        return quantiseBlocks(task);
      },
    };
    const out = path.join(tempFolder(), 'model');
    await expect(
      convertTo(out, { checkpointFolder, precision: 'int8', quantiser }),
    ).rejects.toMatchObject(namesTheTensor);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});

test('the command line: one message, and an engine that did not die', () => {
  const out = path.join(tempFolder(), 'model');
  const { status, stderr } = spawnSync(
    process.execPath,
    [CLI, 'convert', checkpointFolder, '--out', out, '--precision', 'int8'],
    { encoding: 'utf8' },
  );
  expect(stderr).toMatch(/feed_forward\.w1\.weight: a weight is not finite/);
  expect(stderr).not.toMatch(/engine stopped|restarted/);
  expect(status).toBe(1);
});
