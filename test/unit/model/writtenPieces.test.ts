// What was written is read back, and what reads back differently is not gone on with.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { recordPathOf } from '../../../src/model/convert/finishedTensors';
import { WrittenPieces } from '../../../src/model/convert/writtenPieces';
import { PartialFile } from '../../../src/node/atomicFile';
import { convertTo, tinyCopy } from '../../support/conversions';
import { tempFolder } from '../../support/paths';

const PIECES = [Buffer.from('header'), Buffer.alloc(0), Buffer.alloc(5_000_000, 3)];

afterEach(() => {
  vi.restoreAllMocks();
});

function written(): { file: string; pieces: WrittenPieces } {
  const file = path.join(tempFolder(), 'file');
  fs.writeFileSync(file, Buffer.concat([Buffer.from('before'), ...PIECES]));
  const pieces = new WrittenPieces(6);
  for (const piece of PIECES) {
    pieces.add(piece);
  }
  return { file, pieces };
}

function damage(file: string, at: number): void {
  const handle = fs.openSync(file, 'r+');
  fs.writeSync(handle, Buffer.of(0xff), 0, 1, at);
  fs.closeSync(handle);
}

test('what was there before is not read again', async () => {
  const { file, pieces } = written();
  damage(file, 0);
  const told: number[] = [];
  await pieces.readBack(file, (bytes) => told.push(bytes), undefined);
  expect(told).toEqual(PIECES.map(({ byteLength }) => byteLength));
  expect(pieces.sizeBytes).toBe(fs.statSync(file).size);
});

test('another byte, a file that is too short, and a stop', async () => {
  const { file, pieces } = written();
  const readBack = (signal?: AbortSignal): Promise<void> =>
    pieces.readBack(file, () => undefined, signal);
  await expect(readBack(AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  damage(file, 4_000_000);
  await expect(readBack()).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
  fs.truncateSync(file, 4_000_000);
  await expect(readBack()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('a conversion whose file reads back differently leaves nothing to go on with', async () => {
  const out = path.join(tempFolder(), 'model');
  const weights = path.join(out, 'weights.safetensors');
  const flush = vi.spyOn(PartialFile.prototype, 'flush').mockImplementation(function (
    this: PartialFile,
  ) {
    damage(this.partialPath, fs.statSync(this.partialPath).size - 1);
    return Promise.resolve();
  });
  const options = { checkpointFolder: tinyCopy(), precision: 'fp16' } as const;
  await expect(convertTo(out, options)).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
    message: expect.stringMatching(/reads back differently/) as string,
  });
  expect(flush).toHaveBeenCalledOnce();
  expect(fs.existsSync(PartialFile.partialPathOf(weights))).toBe(false);
  expect(fs.existsSync(recordPathOf(weights))).toBe(false);
});
