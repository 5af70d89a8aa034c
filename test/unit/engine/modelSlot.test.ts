// The model that is loaded is the one that lies in its folder now.

import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger';
import { ModelSlot } from '../../../src/engine/modelSlot';
import { convertCheckpoint } from '../../../src/model/convert/convertCheckpoint';
import { LOCAL_QUANTISER } from '../../../src/model/convert/quantiser';
import type { Precision } from '../../../src/model/convert/storage';
import { CudaProvider } from '../../../src/model/cudaProvider';
import { Devices } from '../../../src/model/loadOnDevice';
import { loadPromptModel } from '../../../src/model/promptModel';
import { prepareSample } from '../../../src/scoring/prepareSample';
import { tempFolder, TINY_CHECKPOINT } from '../../support/paths';
import { SAFE, sampleOf } from '../../support/samples';
import { videoReader } from '../../support/videos';

async function convertInto(outFolder: string, precision: Precision): Promise<string> {
  const { manifest } = await convertCheckpoint(
    {
      checkpointFolder: TINY_CHECKPOINT,
      outFolder,
      precision,
      converter: 'test',
      quantiser: LOCAL_QUANTISER,
    },
    () => undefined,
  );
  return manifest.fingerprint;
}

test('a conversion into the folder of the loaded model: the new one scores', async () => {
  const folder = tempFolder();
  const first = await convertInto(folder, 'fp32');
  const chosen: string[] = [];
  const videos = videoReader();
  const slot = new ModelSlot(
    {
      devices: new Devices(2, 'linux', new CudaProvider(folder, 'linux x64', () => undefined)),
      preparer: {
        prepare: async ({ request, identity, modelFolder }, signal) =>
          prepareSample(await loadPromptModel(modelFolder), request, { videos, identity }, signal),
      },
      features: undefined,
    },
    { onTry: () => undefined, onChosen: ({ id }) => chosen.push(id) },
    silentLogger,
  );
  const request = { sample: sampleOf(), mediaRoot: folder, options: SAFE };
  const loaded = await slot.get(folder, 'cpu');
  expect(loaded.identity).toBe(first);
  expect(await slot.get(folder, 'cpu')).toBe(loaded);
  const before = await loaded.scorer.score(request);
  const second = await convertInto(folder, 'int4');
  expect(second).not.toBe(first);
  const replaced = await slot.get(folder, 'cpu');
  expect(replaced.identity).toBe(second);
  expect(slot.identityOf(folder, 'cpu')).toBe(second);
  expect((await replaced.scorer.score(request)).rewards).not.toEqual(before.rewards);
  expect(chosen).toEqual(['cpu', 'cpu']);
});
