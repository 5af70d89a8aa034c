// Conversions whose heavy parts run on threads give what those without threads give.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withThreadedQuantiser } from '../../../src/engine/threadedQuantiser';
import type { ConvertResult } from '../../../src/model/convert/convertCheckpoint';
import type { Precision } from '../../../src/model/convert/storage';
import { sha256OfFile, type HashOptions } from '../../../src/node/hash';
import { changeTensor, convertTo, tinyCopy } from '../../support/conversions';
import { ROOT, tempFolder, TINY_CHECKPOINT } from '../../support/paths';

const SCRIPT = path.join(ROOT, 'dist/quantiser.js');
const outFolder = (): string => path.join(tempFolder(), 'model');

function threaded(checkpointFolder: string, precision: Precision): Promise<ConvertResult> {
  return withThreadedQuantiser(SCRIPT, (quantiser) =>
    convertTo(outFolder(), { checkpointFolder, precision, quantiser }),
  );
}

test.each(['fp32', 'fp16', 'int8', 'int4'] as const)('%s: the same model', async (precision) => {
  const here = await convertTo(outFolder(), { checkpointFolder: TINY_CHECKPOINT, precision });
  expect((await threaded(TINY_CHECKPOINT, precision)).manifest.fingerprint).toBe(
    here.manifest.fingerprint,
  );
});

test('a weight beyond float16: the tensor is named', async () => {
  const checkpointFolder = tinyCopy();
  const tensor = 'vision_proj.0.weight';
  // bfloat16 or float32: 2^17, lowest byte first
  const fill = (bytes: Buffer): Buffer => bytes.fill(Buffer.of(0, 0x48, 0, 0x48));
  await changeTensor(path.join(checkpointFolder, 'model.safetensors'), tensor, fill);
  await expect(threaded(checkpointFolder, 'fp16')).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
    message: expect.stringMatching(/vision_proj\.0\.weight: .*float16/) as string,
    data: { tensor },
  });
});

test('hashing: progress, a file that is not there, and a stop', async () => {
  const file = path.join(tempFolder(), 'large');
  fs.writeFileSync(file, Buffer.alloc(40_000_000, 7));
  await withThreadedQuantiser(SCRIPT, async (quantiser) => {
    const hash = (name: string, options: HashOptions): Promise<string> | undefined =>
      quantiser.hashFile?.(name, options);
    const told: number[] = [];
    const onBytes = (bytes: number): void => void told.push(bytes);
    expect(await hash(file, { onBytes })).toBe(await sha256OfFile(file));
    expect(told.length).toBeGreaterThan(1);
    expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(40_000_000);
    await expect(hash(`${file}.none`, {})).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const controller = new AbortController();
    const { signal } = controller;
    const stopped = hash(file, { signal, onBytes: () => controller.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(hash(file, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
