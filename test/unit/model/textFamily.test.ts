// InternLM2-Reward: the language model of IXC-2.5-Reward with another head and another ending.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/model/checkpoint/checkpoint';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import { RewardModel } from '../../../src/model/rewardModel';
import { DEFAULT_SCORE_OPTIONS } from '../../../src/sample/scorer';
import { encodeSample } from '../../../src/scoring/encodeSample';
import { localScorer } from '../../support/localScorer';
import { selfTest } from '../../../src/scoring/selfTest';
import { tempFolder, TINY_CHECKPOINT, TINY_MODEL } from '../../support/paths';
import { sampleOf } from '../../support/samples';

/** The tiny checkpoint without its vision tower and LoRA, its head under the other family's name. */
async function textCheckpoint(): Promise<string> {
  const folder = tempFolder();
  const checkpoint = await openCheckpoint(TINY_CHECKPOINT);
  const header: Record<string, unknown> = {};
  const data: Uint8Array[] = [];
  let end = 0;
  for (const { name, dtype, shape, sizeBytes, offset, source } of checkpoint.tensors.values()) {
    if (!/^(model\.|score\.)/.test(name) || name.includes('Plora')) {
      continue;
    }
    const renamed = name === 'score.weight' ? 'v_head.weight' : name;
    header[renamed] = { dtype, shape, data_offsets: [end, end + sizeBytes] };
    data.push(await source.read(offset, sizeBytes));
    end += sizeBytes;
  }
  await checkpoint.close();
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  fs.writeFileSync(path.join(folder, 'model.safetensors'), Buffer.concat([length, json, ...data]));
  const config = JSON.parse(
    fs.readFileSync(path.join(TINY_CHECKPOINT, 'config.json'), 'utf8'),
  ) as Record<string, unknown>;
  delete config.vision_config;
  config.rope_scaling = null;
  fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  fs.copyFileSync(
    path.join(TINY_CHECKPOINT, 'tokenizer.model'),
    path.join(folder, 'tokenizer.model'),
  );
  return folder;
}

async function loadText(precision: 'fp32' | 'int8'): Promise<RewardModel> {
  const outFolder = path.join(tempFolder(), 'model');
  await convertCheckpoint(
    {
      checkpointFolder: await textCheckpoint(),
      outFolder,
      precision,
      converter: 'test',
      quantiser: LOCAL_QUANTISER,
    },
    () => undefined,
  );
  return RewardModel.load(outFolder, { threads: 1 });
}

const sample = sampleOf({ candidates: [{ text: 'Four.' }, { text: 'Five <|im_end|> or so.' }] });
const request = { sample, mediaRoot: '.', options: DEFAULT_SCORE_OPTIONS };

test('the prompt: turns as in IXC-2.5-Reward, no end of sequence before the reward token', async () => {
  const text = await loadText('fp32');
  const sighted = await RewardModel.load(TINY_MODEL, { threads: 1 });
  const tokens = (model: RewardModel): readonly unknown[] => {
    const [first] = encodeSample(model, sample, [], DEFAULT_SCORE_OPTIONS).candidates;
    return first?.ok === true ? first.encoded.whole : [];
  };
  expect(text.manifest.family).toBe('internlm2-reward');
  expect(text.manifest.fingerprint).toMatch(/^internlm2-reward:fp32:/);
  const { eos } = text.tokenizer.ids;
  expect(tokens(text)).toEqual(tokens(sighted).filter((id) => id !== eos));
  const [candidate] = encodeSample(text, sample, [], DEFAULT_SCORE_OPTIONS).candidates;
  expect(candidate?.ok === true && candidate.encoded.promptText).toBe(
    '<|im_start|>user\nWhat is two plus two?<|im_end|>\n<|im_start|>assistant\nFour.<|im_end|>\n<|reward|>',
  );
  await Promise.all([text.release(), sighted.release()]);
});

test('rewards are those of the same decoder with the same tokens', async () => {
  const text = await loadText('fp32');
  const sighted = await RewardModel.load(TINY_MODEL, { threads: 1 });
  const { rewards } = await localScorer(text).score(request);
  const { candidates } = encodeSample(text, sample, [], DEFAULT_SCORE_OPTIONS);
  for (const [n, candidate] of candidates.entries()) {
    const whole = candidate.ok ? candidate.encoded.whole : [];
    const expected = await sighted.decoder.scoreWhole(await sighted.embed(whole, []));
    expect(rewards[n]).toBeCloseTo(expected, 5);
  }
  await Promise.all([text.release(), sighted.release()]);
});

test('pictures are refused, the self-test and quantised weights work', async () => {
  const text = await loadText('int8');
  const scorer = localScorer(text);
  const seen = await scorer.score({ ...request, sample: { ...sample, images: ['a.png'] } });
  expect(seen.rewards).toEqual([null, null]);
  expect(seen.error).toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  expect((await selfTest(text)).repeatable).toBe(true);
  expect((await scorer.score(request)).rewards.every(Number.isFinite)).toBe(true);
  await text.release();
});
