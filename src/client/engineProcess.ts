// One engine process: starting it, the first words with it, and what its errors mean.

import { ErrorCodes, ResponseError, type MessageConnection } from 'vscode-jsonrpc';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { AppError, decodeError, errorText } from '../base/errors';
import type { Logger } from '../base/logger';
import { forkProcess, type ForkedProcess, type ProcessEnd } from '../node/forkProcess';
import { parseLogLine } from '../node/logLine';
import {
  DEVICE_CHOSEN,
  HELLO,
  PROTOCOL_VERSION,
  TRYING_DEVICE,
  type HelloResult,
} from '../protocol/engineProtocol';
import type { Device, DeviceRefusal, DeviceUse } from '../sample/device';

/** What becomes of a call whose engine ended. */
export type Fate = 'sentAgain' | 'givenUp' | 'over';

/** A call under way. */
export interface Pending {
  /** ends it when the process ends */
  readonly stop: (reason: AppError) => void;
  readonly fate: () => Fate;
}

/** An engine that has answered. */
export interface EngineProcess {
  readonly process: ForkedProcess;
  readonly connection: MessageConnection;
  readonly facts: HelloResult;
  readonly pending: Set<Pending>;
  /** what its end would have to be put down to */
  readonly state: { device: Device; killed: boolean };
}

export interface LaunchOptions {
  /** path of the engine's entry script */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** devices that took an engine down */
  readonly broken: readonly DeviceRefusal[];
  readonly onDevice: (use: DeviceUse) => void;
}

const START_TIMEOUT_MS = 30_000;
/** What an engine that does not start said last goes with the error. */
const MAX_LAST_LINES = 20;
const LAST_LINES_MS = 1000;

/** @throws AppError `ENGINE_START_FAILED`; `data.log` has the last lines that the process wrote */
export async function launchEngine(options: LaunchOptions): Promise<EngineProcess> {
  const { script, env, logger, broken, onDevice } = options;
  const lastLines: string[] = [];
  const process = forkProcess(script, {
    env,
    onLogLine: (line) => {
      const { level, message } = parseLogLine(line);
      logger.log(level, message);
      lastLines.push(message);
      lastLines.splice(0, lastLines.length - MAX_LAST_LINES);
    },
  });
  const connection = createMessageConnection(
    new IPCMessageReader(process.process),
    new IPCMessageWriter(process.process),
  );
  const state: EngineProcess['state'] = { device: 'cpu', killed: false };
  connection.onNotification(TRYING_DEVICE, ({ device }) => {
    state.device = device;
  });
  connection.onNotification(DEVICE_CHOSEN, onDevice);
  connection.listen();
  const facts = await greet(process, connection, broken).catch(async (error: unknown) => {
    process.kill();
    connection.dispose();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, LAST_LINES_MS);
    });
    await Promise.race([process.logEnded, late]);
    clearTimeout(timer);
    throw withLog(error, lastLines);
  });
  logger.log('info', 'engine started', { ...facts });
  return { process, connection, facts, state, pending: new Set() };
}

async function greet(
  process: ForkedProcess,
  connection: MessageConnection,
  broken: readonly DeviceRefusal[],
): Promise<HelloResult> {
  const failed = (why: string): AppError =>
    new AppError('ENGINE_START_FAILED', `the scoring engine did not start: ${why}`);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failed('no answer in time')), START_TIMEOUT_MS);
  });
  try {
    return await Promise.race([
      connection.sendRequest(HELLO, { protocol: PROTOCOL_VERSION, broken }),
      process.ended.then((end) => Promise.reject(failed(endText(end)))),
      timeout,
    ]);
  } catch (error) {
    throw toAppError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends an engine whatever it does: its device is not to blame. */
export function killEngine(running: EngineProcess): void {
  running.state.killed = true;
  running.process.kill();
}

export function endText({ exitCode, signal }: ProcessEnd): string {
  return signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
}

/** The error with `log`, the last lines of the engine that did not start. */
function withLog(error: unknown, lines: readonly string[]): unknown {
  return error instanceof AppError && lines.length > 0
    ? new AppError(
        error.code,
        error.message,
        { ...error.data, log: lines.join('\n') },
        { cause: error },
      )
    : error;
}

export function stoppedError(end: ProcessEnd): AppError {
  return new AppError('ENGINE_STOPPED', `the scoring engine stopped (${endText(end)})`);
}

/** What came over the wire: an error of ours in `data`, or a fault of the connection. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) {
    return error;
  }
  if (!(error instanceof ResponseError) || CONNECTION_ERRORS.has(error.code)) {
    return new AppError('ENGINE_STOPPED', `the scoring engine stopped (${errorText(error)})`);
  }
  return error.data === undefined
    ? new AppError('INTERNAL', error.message)
    : decodeError(error.data);
}

const CONNECTION_ERRORS: ReadonlySet<number> = new Set([
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
]);
