// The thread that prepares samples: ahead of their turn, with errors and cancellation as without it.

import path from 'node:path';
import { expect, test } from 'vitest';
import { Preparer } from '../../../src/engine/preparer';
import { loadPromptModel } from '../../../src/model/promptModel';
import { prepareSample } from '../../../src/scoring/prepareSample';
import { FIXTURES, ROOT, TINY_MODEL } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';
import { videoReader } from '../../support/videos';

const SCRIPT = path.join(ROOT, 'dist/preparer.js');
const mediaRoot = path.join(FIXTURES, 'images');

const paramsOf = (images: readonly string[], identity = 'none') => ({
  modelFolder: TINY_MODEL,
  identity,
  request: { sample: sampleOf({ images }), mediaRoot, options: SAFE },
});

test('gives what is prepared without a thread', async () => {
  const preparer = new Preparer(SCRIPT);
  const params = paramsOf(['tiny.png']);
  const source = { videos: videoReader(), identity: params.identity };
  const local = await prepareSample(await loadPromptModel(TINY_MODEL), params.request, source);
  expect(await preparer.prepare(params)).toEqual(local);
  const [row] = await preparer.inspect(
    { modelFolder: TINY_MODEL, request: params.request },
    new AbortController().signal,
  );
  expect(row).toMatchObject({ candidate: 0, images: local.media.map(({ facts }) => facts) });
});

test('what was begun is used once, and only for the same model and device', async () => {
  const preparer = new Preparer(SCRIPT);
  const { signal } = new AbortController();
  const params = paramsOf(['tiny.png'], 'model@cpu');
  preparer.begin(params, signal);
  const other = await preparer.prepare({ ...params, identity: 'model@webgpu' });
  preparer.begin(params, signal);
  const same = await preparer.prepare(params);
  expect(other.media[0]?.key).not.toBe(same.media[0]?.key);
  expect((await preparer.prepare(params)).media[0]?.key).toBe(same.media[0]?.key);
});

test('errors have their codes, also those of samples begun ahead', async () => {
  const preparer = new Preparer(SCRIPT);
  const missing = paramsOf(['none.png']);
  preparer.begin(missing, new AbortController().signal);
  await expect(preparer.prepare(missing)).rejects.toMatchObject({ code: 'MEDIA_NOT_FOUND' });
  await expect(
    preparer.prepare({ ...paramsOf([]), modelFolder: '/nowhere' }),
  ).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  const controller = new AbortController();
  const run = preparer.prepare(paramsOf(['wide.png', 'tall.png']), controller.signal);
  controller.abort();
  await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('a script that is no thread of ours fails with a reason', async () => {
  const preparer = new Preparer(path.join(ROOT, 'dist/none.js'));
  await expect(preparer.prepare(paramsOf([]))).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('the preparing thread ended') as string,
  });
});
