// Entry of the engine process: joins the protocol to the IPC channel of the parent.

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { version } from '../../package.json';
import { CudaProvider, runtimeFolder } from '../model/cudaProvider';
import { Devices } from '../model/loadOnDevice';
import { joinPath } from '../node/folder';
import { createProcessLogger } from '../node/processLog';
import { serveEngine } from './engine';
import { featureCache, headFeatureCache, inferenceThreads } from './environment';
import { Preparer } from './preparer';

const logger = createProcessLogger('engine');

const connection = createMessageConnection(
  new IPCMessageReader(process),
  new IPCMessageWriter(process),
);
const platform = `${process.platform} ${process.arch}`;
// Node refuses what is no add-on, but only after the system's loader has loaded it
const load = (path: string): void => process.dlopen({ exports: {} }, path);
const runtimePackage = dirname(dirname(createRequire(__filename).resolve('onnxruntime-node')));
serveEngine(connection, {
  devices: new Devices(
    inferenceThreads(),
    process.platform,
    new CudaProvider(runtimeFolder(runtimePackage), platform, load),
  ),
  version,
  quantiserScript: joinPath(__dirname, 'quantiser.js'),
  logger,
  preparer: new Preparer(joinPath(__dirname, 'preparer.js')),
  features: featureCache(logger),
  headFeatures: headFeatureCache(logger),
});
connection.listen();

// Ctrl+C goes to the whole process group: the parent hears it, too, and decides.
process.on('SIGINT', () => undefined);

// Without its parent the engine has nobody to work for.
process.once('disconnect', () => process.exit(0));
