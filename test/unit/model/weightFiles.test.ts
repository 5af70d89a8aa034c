import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/model/checkpoint/checkpoint';
import { toFloat32 } from '../../../src/model/checkpoint/floats';
import type { TensorInfo } from '../../../src/model/checkpoint/safetensors';
import { openWeightFiles } from '../../../src/model/checkpoint/weightFiles';
import { openFileSource } from '../../../src/node/fileSource';
import { FIXTURES, readJson, tempFolder, TINY_CHECKPOINT } from '../../support/paths';

const TINY_TORCH = path.join(FIXTURES, 'tiny-torch');
const INDEX = 'pytorch_model.bin.index.json';
const SHARDS = [1, 2, 3].map((n) => `pytorch_model-0000${n}-of-00003.bin`);
const safetensors = path.join(TINY_CHECKPOINT, 'model.safetensors');

/** The tiny checkpoint with other weights: names to files to copy, or to texts. */
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = tempFolder();
  for (const name of ['config.json', 'tokenizer.model']) {
    fs.copyFileSync(path.join(TINY_CHECKPOINT, name), path.join(folder, name));
  }
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === 'string' && path.isAbsolute(content)) {
      fs.copyFileSync(content, path.join(folder, name));
    } else {
      fs.writeFileSync(path.join(folder, name), content);
    }
  }
  return folder;
}

const torchFiles = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, path.join(TINY_TORCH, name)]));

async function valuesOf({ source, dtype, offset, sizeBytes }: TensorInfo): Promise<number[]> {
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') {
    throw new TypeError(dtype);
  }
  return [...toFloat32(await source.read(offset, sizeBytes), dtype)];
}

const refusal = (folder: string, message: RegExp) =>
  expect(openCheckpoint(folder)).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
    message: expect.stringMatching(message) as string,
  });

test('PyTorch shards hold the numbers that the safetensors file holds', async () => {
  const expected = await openCheckpoint(TINY_CHECKPOINT);
  const checkpoint = await openCheckpoint(folderOf(torchFiles([...SHARDS, INDEX])));
  expect(checkpoint.dims).toEqual(expected.dims);
  expect([...checkpoint.tensors.keys()]).toEqual([...expected.tensors.keys()]);
  const types = new Set<string>();
  for (const [name, tensor] of checkpoint.tensors) {
    types.add(tensor.dtype);
    const other = expected.tensors.get(name) as TensorInfo;
    expect(tensor.shape, name).toEqual(other.shape);
    expect(await valuesOf(tensor), name).toEqual(await valuesOf(other));
  }
  expect(types).toEqual(new Set(['BF16', 'F16', 'F32']));
  // post_layernorm.{weight,bias}, position_ids and one of lora_web
  expect(checkpoint.ignoredTensors).toBe(4);
  expect(checkpoint.weightFiles.map((file) => path.basename(file))).toEqual(SHARDS);
  await Promise.all([expected.close(), checkpoint.close()]);
});

test('files beside the weights are not touched, whatever is in them', async () => {
  const hostile = path.join(FIXTURES, 'torch', 'whole-module.bin');
  const checkpoint = await openCheckpoint(
    folderOf({
      ...torchFiles(SHARDS),
      'optimizer.bin': hostile,
      'training_args.bin': hostile,
      'scheduler.bin': hostile,
      'random_states_0.pkl': hostile,
      'pytorch_model.bin.tmp': hostile,
    }),
  );
  expect(checkpoint.weightFiles).toHaveLength(3);
  await checkpoint.close();
});

test.each([
  ['model.safetensors'],
  ['pytorch_model.safetensors'],
  ['pytorch_model-00001-of-00001.safetensors'],
  ['ixc-reward.safetensors'],
])('%s is found', async (name) => {
  const checkpoint = await openCheckpoint(folderOf({ [name]: safetensors }));
  expect(checkpoint.weightFiles.map((file) => path.basename(file))).toEqual([name]);
  await checkpoint.close();
});

test('safetensors go before PyTorch files, and before oddly named ones', async () => {
  const folder = folderOf({
    ...torchFiles([...SHARDS, INDEX]),
    'pytorch_model-00001-of-00001.safetensors': safetensors,
    'adapter.safetensors': 'not even a header',
  });
  const checkpoint = await openCheckpoint(folder);
  expect(checkpoint.weightFiles).toEqual([
    path.join(folder, 'pytorch_model-00001-of-00001.safetensors'),
  ]);
  await checkpoint.close();
});

test('an index decides which files are read', async () => {
  const { weight_map: map } = readJson(path.join(TINY_TORCH, INDEX)) as {
    weight_map: Record<string, string>;
  };
  const weights = (index: unknown, names = SHARDS): string =>
    folderOf({ ...torchFiles(names), [INDEX]: JSON.stringify(index) });
  // a left-over of an older download is not read
  const folder = weights({ weight_map: map });
  fs.writeFileSync(path.join(folder, 'pytorch_model-00001-of-00002.bin'), 'old');
  await (await openCheckpoint(folder)).close();

  await refusal(weights({ weight_map: map }, SHARDS.slice(1)), /00001-of-00003\.bin, named in/);
  await refusal(
    weights({ weight_map: { ...map, 'score.weight': SHARDS[0] } }),
    /the index says that score\.weight is in .*00001.*; it is in pytorch_model-0000[23]/,
  );
  await refusal(weights({ weight_map: { ...map, 'a.b': SHARDS[0] } }), /a\.b .*; it is nowhere/);
  await refusal(weights({ weight_map: {} }), /0 files/);
  await refusal(weights({ tensors: map }), /no weight_map/);
  await refusal(weights('text'), /no weight_map/);
  await refusal(weights({ weight_map: { a: 7 } }), /the file of a is a number/);
  await refusal(folderOf({ ...torchFiles(SHARDS), [INDEX]: '{"weight_map"' }), /not JSON/);
  for (const name of ['../w.bin', '/etc/passwd.bin', 'sub/w.bin', 'w.safetensors', 'C:\\w.bin']) {
    await refusal(weights({ weight_map: { a: name } }), /the file of a is .*not a name in \*\.bin/);
  }
  await refusal(
    folderOf({ 'pytorch_model.bin.index.json': path.join(TINY_TORCH, INDEX) }),
    /00001-of-00003\.bin, pytorch_model-00002.*missing/,
  );
});

test('missing shards are named without an index, too', async () => {
  await refusal(
    folderOf(torchFiles([SHARDS[0] ?? '', SHARDS[2] ?? ''])),
    /00002-of-00003\.bin, of/,
  );
  await refusal(folderOf({}), /no weights there/);
  await refusal(folderOf({ 'optimizer.bin': 'x' }), /no weights there/);
});

test('a tensor in two files, and a file that is only a pointer', async () => {
  const twice = { 'model.safetensors': safetensors, 'pytorch_model.safetensors': safetensors };
  await refusal(folderOf(twice), /is in model\.safetensors and in pytorch_model\.safetensors/);
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 4981264384\n';
  await refusal(folderOf({ 'pytorch_model.bin': pointer }), /Git LFS pointer/);
  await refusal(folderOf({ 'model.safetensors': pointer }), /Git LFS pointer/);
});

test.runIf(process.platform === 'linux')('nothing stays open after a failure', async () => {
  const folder = fs.realpathSync(
    folderOf({ ...torchFiles(SHARDS.slice(0, 2)), [SHARDS[2] ?? '']: 'broken' }),
  );
  const open = (): string[] =>
    fs.readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [fs.readlinkSync(`/proc/self/fd/${fd}`)].filter((file) => file.startsWith(folder));
      } catch {
        return []; // that of the listing itself, closed by now
      }
    });
  const source = await openFileSource(path.join(folder, SHARDS[0] ?? ''));
  expect(open()).toEqual([source.name]);
  await source.close();
  await expect(openWeightFiles(folder, SHARDS)).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
  });
  expect(open()).toEqual([]);
});
