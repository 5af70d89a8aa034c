// Entry of the engine process: joins the protocol to the IPC channel of the parent.

import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { version } from '../../package.json';
import { createProcessLogger } from '../node/processLog';
import { serveEngine } from './engine';

const logger = createProcessLogger('engine');

const connection = createMessageConnection(
  new IPCMessageReader(process),
  new IPCMessageWriter(process),
);
serveEngine(connection, {
  threads: Number(process.env.REWARDLENS_THREADS ?? 0),
  version,
  logger,
});
connection.listen();

// Without its parent the engine has nobody to work for.
process.once('disconnect', () => process.exit(0));
