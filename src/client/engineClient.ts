// Starts, supervises and calls the engine process.

import {
  CancellationTokenSource,
  ErrorCodes,
  ResponseError,
  type MessageConnection,
  type ProgressType,
  type RequestType,
} from 'vscode-jsonrpc';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { throwIfAborted } from '../base/abort';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { AppError, decodeError, errorText, type EncodedError } from '../base/errors';
import type { Logger } from '../base/logger';
import { forkProcess, type ForkedProcess, type ProcessEnd } from '../node/forkProcess';
import { parseLogLine } from '../node/logLine';
import {
  DEVICE_CHOSEN,
  HELLO,
  PROTOCOL_VERSION,
  SHUTDOWN,
  TRYING_DEVICE,
  type HelloResult,
} from '../protocol/engineProtocol';
import { DEVICE_NAMES, type Device, type DeviceRefusal, type DeviceUse } from '../sample/device';

export interface EngineClientOptions {
  /** path of the engine's entry script */
  readonly script: string;
  readonly logger: Logger;
  /** the engine ends after this long without work; 0 keeps it */
  readonly idleStopMs: number;
  /** environment of the engine, asked for at each start */
  readonly env?: () => Readonly<Record<string, string>>;
}

export type EngineStatus =
  | { readonly state: 'stopped' }
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly pid: number; readonly busy: boolean }
  /** it ended unasked; work that was pending is sent again, up to `attempts` times */
  | { readonly state: 'restarting'; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };

/** A request with its progress, and the way to tell that it really runs. */
export interface EngineCall<P, R, V> {
  readonly type: RequestType<P, R, EncodedError>;
  readonly params: P;
  readonly progress?: {
    readonly type: ProgressType<V>;
    readonly token: string;
    readonly onValue: (value: V) => void;
  };
  /**
   * Idempotent calls are sent again when the engine dies. `running` tells whether the call was
   * being worked on, so that a call that kills the engine does not use up the tries of others.
   */
  readonly retry?: { readonly running: () => boolean; readonly onRetry: () => void };
  readonly signal?: AbortSignal | undefined;
}

interface Running {
  readonly process: ForkedProcess;
  readonly connection: MessageConnection;
  readonly facts: HelloResult;
  /** ends the calls under way when the process ends */
  readonly pending: Set<(reason: AppError) => void>;
  /** what its end would have to be put down to */
  readonly state: { device: Device; killed: boolean };
}

const START_TIMEOUT_MS = 30_000;
/** A native run can't be interrupted: after this long a cancelled call ends by ending the engine. */
const HARD_CANCEL_MS = 20_000;
const MAX_TRIES = 3;
const RESTART_DELAY_MS = 200;
/** What an engine that does not start said last goes with the error. */
const MAX_LAST_LINES = 20;
const LAST_LINES_MS = 1000;

/**
 * One engine at a time: started by the first call, stopped when idle, restarted after a crash.
 * A crash is an ordinary outcome: calls that can be repeated are, a bounded number of times.
 */
export class EngineClient implements Disposable {
  readonly onStatus = new Emitter<EngineStatus>();
  /** a model was loaded on a device, at first or because another one failed */
  readonly onDevice = new Emitter<DeviceUse>();
  /** devices that took an engine down */
  readonly #broken: DeviceRefusal[] = [];
  #status: EngineStatus = { state: 'stopped' };
  #running: Promise<Running> | undefined;
  #current: Running | undefined;
  #pending = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(readonly options: EngineClientOptions) {}

  get status(): EngineStatus {
    return this.#status;
  }

  /**
   * Facts of the running engine; starts it if need be.
   * @throws AppError `ENGINE_START_FAILED`; `data.log` has the last lines that the process wrote
   */
  async hello(): Promise<HelloResult> {
    return (await this.#start()).facts;
  }

  /**
   * Sends a request, starting the engine if need be.
   * @throws AppError what the engine answered, `ENGINE_STOPPED` when it died too often, or
   *   `CANCELLED`
   */
  async call<P, R, V = never>(call: EngineCall<P, R, V>): Promise<R> {
    this.#pending += 1;
    clearTimeout(this.#idleTimer);
    this.#showBusy();
    try {
      return await this.#callWithRetries(call);
    } finally {
      this.#pending -= 1;
      this.#showBusy();
      this.#scheduleIdleStop();
    }
  }

  async #callWithRetries<P, R, V>(call: EngineCall<P, R, V>): Promise<R> {
    for (let tries = 1; ;) {
      throwIfAborted(call.signal);
      const running = await this.#start();
      throwIfAborted(call.signal); // while it started, nobody listened
      try {
        return await this.#send(running, call);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'ENGINE_STOPPED') {
          throw error;
        }
        throwIfAborted(call.signal);
        const wasRunning = call.retry?.running() ?? true;
        if (call.retry === undefined || this.#disposed || (wasRunning && tries >= MAX_TRIES)) {
          throw error;
        }
        tries += wasRunning ? 1 : 0;
        call.retry.onRetry();
        await delay(RESTART_DELAY_MS * tries);
      }
    }
  }

  async #send<P, R, V>(running: Running, call: EngineCall<P, R, V>): Promise<R> {
    const { connection, pending } = running;
    const source = new CancellationTokenSource();
    let hardCancel: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      source.cancel();
      hardCancel = setTimeout(() => kill(running), HARD_CANCEL_MS);
    };
    call.signal?.addEventListener('abort', cancel, { once: true });
    const progress =
      call.progress &&
      connection.onProgress(call.progress.type, call.progress.token, call.progress.onValue);
    let stopped: (reason: AppError) => void = () => undefined;
    try {
      // a promise of its own: what races against the life of the process would live as long
      return await new Promise<R>((resolve, reject) => {
        stopped = reject;
        pending.add(stopped);
        connection
          .sendRequest<R>(call.type.method, call.params, source.token)
          .then(resolve, reject);
      });
    } catch (error) {
      throw call.signal?.aborted === true
        ? new AppError('CANCELLED', 'cancelled')
        : toAppError(error);
    } finally {
      pending.delete(stopped);
      call.signal?.removeEventListener('abort', cancel);
      clearTimeout(hardCancel);
      progress?.dispose();
    }
  }

  #start(): Promise<Running> {
    if (this.#disposed) {
      return Promise.reject(new AppError('ENGINE_STOPPED', 'the engine was shut down'));
    }
    this.#running ??= this.#launch().catch((error: unknown) => {
      this.#running = undefined;
      this.#setStatus({ state: 'failed', reason: errorText(error) });
      throw error;
    });
    return this.#running;
  }

  async #launch(): Promise<Running> {
    if (this.#status.state !== 'restarting') {
      this.#setStatus({ state: 'starting' });
    }
    const { script, env, logger } = this.options;
    const lastLines: string[] = [];
    const process = forkProcess(script, {
      ...(env === undefined ? {} : { env: env() }),
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
    const state: Running['state'] = { device: 'cpu', killed: false };
    connection.onNotification(TRYING_DEVICE, ({ device }) => {
      state.device = device;
    });
    connection.onNotification(DEVICE_CHOSEN, (use) => this.onDevice.fire(use));
    connection.listen();
    const facts = await this.#handshake(process, connection).catch(async (error: unknown) => {
      process.kill();
      connection.dispose();
      await Promise.race([process.logEnded, delay(LAST_LINES_MS)]);
      throw withLog(error, lastLines);
    });
    logger.log('info', 'engine started', { ...facts });
    this.#setStatus({ state: 'ready', pid: facts.pid, busy: this.#pending > 0 });
    const running: Running = { process, connection, facts, state, pending: new Set() };
    this.#current = running;
    void process.ended.then((end) => this.#onEnd(end, running));
    return running;
  }

  async #handshake(process: ForkedProcess, connection: MessageConnection): Promise<HelloResult> {
    const failed = (why: string): AppError =>
      new AppError('ENGINE_START_FAILED', `the scoring engine did not start: ${why}`);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(failed('no answer in time')), START_TIMEOUT_MS);
    });
    try {
      return await Promise.race([
        connection.sendRequest(HELLO, { protocol: PROTOCOL_VERSION, broken: this.#broken }),
        process.ended.then((end) => Promise.reject(failed(endText(end)))),
        timeout,
      ]);
    } catch (error) {
      throw toAppError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #onEnd(end: ProcessEnd, running: Running): void {
    for (const stopped of running.pending) {
      stopped(stoppedError(end));
    }
    running.connection.dispose();
    const asked = this.#current !== running || this.#disposed || this.#pending === 0;
    this.options.logger.log(asked ? 'info' : 'error', 'engine ended', { ...end });
    const { device, killed } = running.state;
    if (!asked && !killed && device !== 'cpu') {
      const message = `${DEVICE_NAMES[device]}: the scoring engine stopped (${endText(end)}) there`;
      this.#broken.push({ device, error: { code: 'DEVICE_UNAVAILABLE', message } });
    }
    if (this.#current === running) {
      this.#forget();
      this.#setStatus(asked ? { state: 'stopped' } : { state: 'restarting', reason: endText(end) });
    }
  }

  #forget(): void {
    this.#current = undefined;
    this.#running = undefined;
  }

  #scheduleIdleStop(): void {
    if (this.#pending === 0 && this.options.idleStopMs > 0 && this.#running !== undefined) {
      this.#idleTimer = setTimeout(() => void this.stop(), this.options.idleStopMs);
      this.#idleTimer.unref();
    }
  }

  /** Lets the engine finish what it does and ends it; the next call starts a new one. */
  async stop(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const running = await this.#running?.catch(() => undefined);
    if (running !== undefined && running === this.#current) {
      this.#forget();
      this.#setStatus({ state: 'stopped' });
      await running.connection.sendNotification(SHUTDOWN, {}).catch(() => running.process.kill());
      await running.process.ended;
    }
  }

  /** Ends the engine at once, whatever it does; pending calls are sent again to a new one. */
  async kill(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    if (running !== undefined) {
      kill(running);
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#idleTimer);
    void this.kill();
    this.onStatus.dispose();
    this.onDevice.dispose();
  }

  #showBusy(): void {
    if (this.#status.state === 'ready' && this.#status.busy !== this.#pending > 0) {
      this.#setStatus({ ...this.#status, busy: this.#pending > 0 });
    }
  }

  #setStatus(status: EngineStatus): void {
    this.#status = status;
    this.onStatus.fire(status);
  }
}

/** Ends an engine whatever it does: its device is not to blame. */
function kill(running: Running): void {
  running.state.killed = true;
  running.process.kill();
}

function endText({ exitCode, signal }: ProcessEnd): string {
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

function stoppedError(end: ProcessEnd): AppError {
  return new AppError('ENGINE_STOPPED', `the scoring engine stopped (${endText(end)})`);
}

/** What came over the wire: an error of ours in `data`, or a fault of the connection. */
function toAppError(error: unknown): AppError {
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

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
