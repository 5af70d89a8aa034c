// Weights that a model shares with its checkpoint: odd names, and checkpoints that change afterwards.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readManifest } from '../../../src/model/manifest';
import { RewardModel } from '../../../src/model/rewardModel';
import { SAFE, sampleOf } from '../../support/samples';
import { changeTensor, convertTo, tinyCopy } from '../../support/conversions';
import { localScorer } from '../../support/localScorer';
import { FIXTURES, tempFolder, TINY_CHECKPOINT, TINY_MODEL } from '../../support/paths';

const WEIGHTS = 'model.safetensors';
const outFolder = (): string => path.join(tempFolder(), 'model');

async function rewardsOf(folder: string): Promise<readonly (number | null)[]> {
  const model = await RewardModel.load(folder, { threads: 1 });
  try {
    const images = ['img/shapes.png'];
    const mediaRoot = path.join(FIXTURES, 'samples');
    const sample = sampleOf({ images });
    const { rewards } = await localScorer(model).score({ sample, mediaRoot, options: SAFE });
    return rewards;
  } finally {
    await model.release();
  }
}

test.each(['my model (1).safetensors', 'modèle.safetensors', '模型.safetensors'])(
  '%s: a name that no manifest may hold gets another one',
  async (name) => {
    const checkpointFolder = tinyCopy(name);
    const out = outFolder();
    const { copied } = await convertTo(out, { checkpointFolder, precision: 'fp32' });
    expect(copied).toBeUndefined();
    const { files, source } = await readManifest(out);
    const [weights] = files;
    expect(weights?.name).toMatch(/^[\w.-]+$/);
    expect(source.files.map((file) => file.name)).toEqual([name]);
    const inode = (file: string): number => fs.statSync(file).ino;
    expect(inode(path.join(out, weights?.name ?? ''))).toBe(
      inode(path.join(checkpointFolder, name)),
    );
    expect(await rewardsOf(out)).toEqual(await rewardsOf(TINY_MODEL));
    // converted where it lies, and once more
    await convertTo(checkpointFolder, { checkpointFolder, precision: 'fp32' });
    await convertTo(checkpointFolder, { checkpointFolder, precision: 'fp32' });
    expect(await rewardsOf(checkpointFolder)).toEqual(await rewardsOf(TINY_MODEL));
  },
);

test.each([['linked'], ['in place']])(
  'a checkpoint that is overwritten afterwards: the model is refused (%s)',
  async (how) => {
    const checkpointFolder = tinyCopy();
    const file = path.join(checkpointFolder, WEIGHTS);
    const out = how === 'linked' ? outFolder() : checkpointFolder;
    await convertTo(out, { checkpointFolder, precision: 'fp32' });
    await readManifest(out);
    await changeTensor(file, 'score.weight', (bytes) => bytes.reverse());
    await expect(readManifest(out)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(/model\.safetensors .*convert .*again/) as string,
      data: { file: WEIGHTS },
    });
    await convertTo(out, { checkpointFolder, precision: 'fp32' });
    await readManifest(out);
  },
);

test('another time of the same content is no change: a copy of the folder, a file that was touched', async () => {
  const checkpointFolder = tinyCopy();
  const out = outFolder();
  await convertTo(out, { checkpointFolder, precision: 'fp32' });
  fs.utimesSync(path.join(checkpointFolder, WEIGHTS), new Date(0), new Date(0));
  await readManifest(out);
  const copy = outFolder();
  fs.cpSync(out, copy, { recursive: true });
  await readManifest(copy);
  await changeTensor(path.join(copy, WEIGHTS), 'score.weight', (bytes) => bytes.reverse());
  await expect(readManifest(copy)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
});

test('a checkpoint that is replaced by a new file, as downloads do, leaves the model as it is', async () => {
  const checkpointFolder = tinyCopy();
  const out = outFolder();
  await convertTo(out, { checkpointFolder, precision: 'fp32' });
  fs.rmSync(path.join(checkpointFolder, WEIGHTS));
  fs.writeFileSync(path.join(checkpointFolder, WEIGHTS), 'another one');
  await readManifest(out);
});

test('PyTorch files in float32: the graphs read tensors out of the archives', async () => {
  const checkpointFolder = path.join(tempFolder(), 'checkpoint');
  fs.cpSync(path.join(FIXTURES, 'tiny-torch'), checkpointFolder, { recursive: true });
  for (const name of ['config.json', 'tokenizer.model']) {
    fs.copyFileSync(path.join(TINY_CHECKPOINT, name), path.join(checkpointFolder, name));
  }
  const out = outFolder();
  const { manifest } = await convertTo(out, { checkpointFolder, precision: 'fp32' });
  const shards = [1, 2, 3].map((n) => `pytorch_model-0000${n}-of-00003.bin`);
  expect(manifest.files.slice(0, 3).map(({ name }) => name)).toEqual(shards);
  const rewards = await rewardsOf(TINY_MODEL);
  expect(await rewardsOf(out)).toEqual(rewards);
  // a folder that can't be linked into: copied, tensor by tensor
  const other = outFolder();
  fs.mkdirSync(path.join(other, `${shards[0] ?? ''}.rewardlens-link`, 'full'), { recursive: true });
  const { copied } = await convertTo(other, { checkpointFolder, precision: 'fp32' });
  expect(copied).toBeDefined();
  expect(await rewardsOf(other)).toEqual(rewards);
});
