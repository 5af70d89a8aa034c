// Conversions that were cut off: what is gone on with, and what is not.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { version } from '../../../package.json';
import { expectedTensors } from '../../../src/model/checkpoint/expectedTensors';
import type { ModelDims } from '../../../src/model/checkpoint/modelConfig';
import { recordPathOf } from '../../../src/model/convert/finishedTensors';
import { PartialFile } from '../../../src/node/atomicFile';
import { LineFile } from '../../../src/node/lineFile';
import {
  changeTensor,
  convertTo,
  convertUntil,
  countingQuantiser,
  tinyCopy,
} from '../../support/conversions';
import { CLI, tempFolder, TINY_CHECKPOINT } from '../../support/paths';
import { CLIP, dimsOf, writeRandomCheckpoint } from '../../support/randomCheckpoint';

const WEIGHTS = 'weights.safetensors';
const outFolder = (): string => path.join(tempFolder(), 'model');
const partialIn = (out: string): string => PartialFile.partialPathOf(path.join(out, WEIGHTS));
const recordIn = (out: string): string => recordPathOf(path.join(out, WEIGHTS));
const recordLines = (out: string): string[] =>
  fs.existsSync(recordIn(out))
    ? fs.readFileSync(recordIn(out), 'utf8').split('\n').slice(0, -1)
    : [];
const int8 = { checkpointFolder: TINY_CHECKPOINT, precision: 'int8' } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Tasks and fingerprint of a conversion that nothing disturbs. */
async function undisturbed(options: typeof int8 | { checkpointFolder: string; precision: 'int8' }) {
  const quantiser = countingQuantiser();
  const { manifest } = await convertTo(outFolder(), { ...options, quantiser });
  return { fingerprint: manifest.fingerprint, tasks: quantiser.tasks };
}

const CHANGED = ['model.tok_embeddings.weight', 'vision_proj.0.weight'];

function swapHalves(bytes: Buffer): void {
  const half = bytes.length / 2;
  bytes.set(Buffer.concat([bytes.subarray(half), bytes.subarray(0, half)]));
}

/** The tiny checkpoint with other numbers, some of them at the very start. */
async function otherCheckpoint(): Promise<string> {
  const folder = tinyCopy();
  for (const name of CHANGED) {
    await changeTensor(path.join(folder, 'model.safetensors'), name, swapHalves);
  }
  return folder;
}

/** Quantised matrices after the first `finished` tensors: each is one task. */
function matrices(dims: ModelDims, finished: number): number {
  return expectedTensors(dims)
    .slice(finished)
    .filter(({ linear }) => linear !== undefined).length;
}

test('bytes of another checkpoint are not gone on with, whatever the record says', async () => {
  const checkpointFolder = await otherCheckpoint();
  const [mixed, first] = [outFolder(), outFolder()];
  await convertUntil(30, first, int8);
  await convertUntil(30, mixed, { checkpointFolder, precision: 'int8' });
  fs.copyFileSync(partialIn(first), partialIn(mixed));
  const { manifest } = await convertTo(mixed, { checkpointFolder, precision: 'int8' });
  const whole = await undisturbed({ checkpointFolder, precision: 'int8' });
  expect(manifest.fingerprint).toBe(whole.fingerprint);
});

test('a new record never stands beside the bytes of another checkpoint', async () => {
  const out = outFolder();
  await convertUntil(30, out, int8);
  const checkpointFolder = await otherCheckpoint();
  const create = vi.spyOn(LineFile, 'create').mockRejectedValue(new Error('killed here'));
  await expect(convertTo(out, { checkpointFolder, precision: 'int8' })).rejects.toThrow('killed');
  expect(create).toHaveBeenCalledOnce();
  expect(fs.existsSync(partialIn(out))).toBe(false);
});

test.each([
  ['at the start', 0.001],
  ['in the middle', 0.5],
  ['at the end', 0.98],
])('bytes that a power failure lost %s are written again', async (_where, share) => {
  const whole = await undisturbed(int8);
  const out = outFolder();
  await convertUntil(whole.tasks, out, int8);
  const handle = fs.openSync(partialIn(out), 'r+');
  const at = Math.floor(fs.fstatSync(handle).size * share);
  fs.writeSync(handle, Buffer.alloc(512), 0, 512, at);
  fs.closeSync(handle);
  const sound = recordLines(out)
    .slice(1)
    .filter((line) => Number.parseInt(line) <= at).length;
  const quantiser = countingQuantiser();
  const { manifest } = await convertTo(out, { ...int8, quantiser });
  expect(manifest.fingerprint).toBe(whole.fingerprint);
  // what lies before the hole is kept
  expect(quantiser.tasks).toBe(matrices(manifest.dims, sound));
});

test('a record that ends in the middle of a line, is longer than the file, or is not one', async () => {
  const whole = await undisturbed(int8);
  const damages: ((out: string) => void)[] = [
    (out) => fs.truncateSync(recordIn(out), fs.statSync(recordIn(out)).size - 20),
    (out) => fs.truncateSync(partialIn(out), 1000),
    (out) => fs.truncateSync(partialIn(out), 100_000),
    (out) => fs.writeFileSync(recordIn(out), 'not a record\n\n1 2\n'),
    (out) => fs.writeFileSync(recordIn(out), Buffer.alloc(5_000_000, 0x0a)),
    (out) => fs.rmSync(recordIn(out)),
    (out) => fs.rmSync(partialIn(out)),
    (out) => fs.appendFileSync(recordIn(out), '999999 abc\n'),
  ];
  for (const damage of damages) {
    const out = outFolder();
    await convertUntil(30, out, int8);
    damage(out);
    const { manifest } = await convertTo(out, int8);
    expect(manifest.fingerprint).toBe(whole.fingerprint);
    expect(fs.readdirSync(out).filter((name) => name.includes('partial'))).toEqual([]);
  }
});

test('a checkpoint that changed between the runs is converted from the start', async () => {
  const checkpointFolder = tinyCopy();
  const out = outFolder();
  await convertUntil(30, out, { checkpointFolder, precision: 'int8' });
  const file = path.join(checkpointFolder, 'model.safetensors');
  await changeTensor(file, 'vision_proj.0.weight', swapHalves);
  const quantiser = countingQuantiser();
  const { manifest } = await convertTo(out, { checkpointFolder, precision: 'int8', quantiser });
  const whole = await undisturbed({ checkpointFolder, precision: 'int8' });
  expect(manifest.fingerprint).toBe(whole.fingerprint);
  expect(quantiser.tasks).toBe(whole.tasks);
});

test('a conversion that is killed goes on after its last whole tensor', async () => {
  const checkpointFolder = path.join(tempFolder(), 'checkpoint');
  const vision = { ...CLIP, hidden: 64, layers: 1, heads: 1, mlp: 64 };
  const dims = dimsOf({
    ...{ hidden: 512, layers: 12, heads: 8, kvHeads: 2, headDim: 64, mlp: 2048 },
    ...{ vocab: 1024, loraRank: 16, vision },
  });
  const tokenizer = path.join(TINY_CHECKPOINT, 'tokenizer.model');
  writeRandomCheckpoint(checkpointFolder, dims, 'BF16', tokenizer);
  const out = outFolder();
  const convert = (folder: string): ChildProcess =>
    spawn(
      process.execPath,
      [CLI, 'convert', checkpointFolder, '--out', folder, '--precision', 'int4'],
      // a process group of its own: the engine dies with the command
      { detached: true, stdio: 'ignore' },
    );
  let known: string[] = [];
  for (const share of [0.3, 0.6]) {
    const child = convert(out);
    while (recordLines(out).length < share * expectedTensors(dims).length) {
      expect(child.exitCode).toBeNull();
      await wait(2);
    }
    await killGroup(child);
    const lines = recordLines(out);
    expect(lines.slice(0, known.length)).toEqual(known);
    expect(lines.length).toBeGreaterThan(known.length);
    expect(fs.readdirSync(out)).not.toContain('rewardlens-model.json');
    known = lines;
  }
  // the same version, here, to count what is still done
  const quantiser = countingQuantiser();
  const options = { checkpointFolder, precision: 'int4', converter: version, quantiser } as const;
  const resumed = await convertTo(out, options);
  expect(quantiser.tasks).toBe(matrices(dims, known.length - 1));

  const whole = outFolder();
  const child = convert(whole);
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  const weights = (folder: string): Buffer => fs.readFileSync(path.join(folder, WEIGHTS));
  expect(weights(out).equals(weights(whole))).toBe(true);
  const manifest = fs.readFileSync(path.join(whole, 'rewardlens-model.json'), 'utf8');
  expect(manifest).toBe(`${JSON.stringify(resumed.manifest, null, 2)}\n`);
  expect(fs.readdirSync(out).sort()).toEqual(fs.readdirSync(whole).sort());
});

async function killGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) {
    throw new Error('it did not start');
  }
  process.kill(-pid, 'SIGKILL');
  const isAlive = (): boolean => {
    try {
      return process.kill(-pid, 0);
    } catch {
      return false;
    }
  };
  while (isAlive()) {
    await wait(5);
  }
}
