// Entry of the thread that decodes, tiles and tokenises while the main one runs the model.

import { parentPort } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { modelStamp } from '../model/modelStamp';
import { loadPromptModel, type PromptModel } from '../model/promptModel';
import { createProcessLogger } from '../node/processLog';
import { inspectSample } from '../scoring/inspectSample';
import { prepareSample } from '../scoring/prepareSample';
import { answering } from './answering';
import { featureCache, videoReader } from './environment';
import { INSPECT_SAMPLE, PREPARE_SAMPLE, READ_THUMBNAILS } from './prepareProtocol';

if (parentPort === null) {
  throw new Error('this is a thread of the engine');
}
const logger = createProcessLogger('preparer');
const connection = createMessageConnection(
  new PortMessageReader(parentPort),
  new PortMessageWriter(parentPort),
);
const handle = answering(connection, logger);
const videos = videoReader(__dirname);
const features = featureCache(logger);
const models = new Map<string, { stamp: string; model: Promise<PromptModel> }>();

async function promptModel(folder: string): Promise<PromptModel> {
  const stamp = await modelStamp(folder);
  const known = models.get(folder);
  if (known?.stamp === stamp) {
    return known.model;
  }
  const model = loadPromptModel(folder);
  models.set(folder, { stamp, model });
  // a folder that is no model may become one
  model.catch(() => models.delete(folder));
  return model;
}

handle(PREPARE_SAMPLE, async ({ modelFolder, identity, request }, signal) =>
  prepareSample(await promptModel(modelFolder), request, { videos, identity, features }, signal),
);
handle(INSPECT_SAMPLE, async ({ modelFolder, request }) =>
  inspectSample(await promptModel(modelFolder), request, videos),
);
handle(READ_THUMBNAILS, ({ file }, signal) => videos.readThumbnails(file, signal));
connection.listen();
