// Starts, supervises and calls the engine process.

import { CancellationTokenSource, type ProgressType, type RequestType } from 'vscode-jsonrpc';
import { throwIfAborted } from '../base/abort';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { AppError, errorText, type EncodedError } from '../base/errors';
import type { Logger } from '../base/logger';
import type { ProcessEnd } from '../node/forkProcess';
import { SHUTDOWN, type HelloResult } from '../protocol/engineProtocol';
import { DEVICE_NAMES, type DeviceRefusal, type DeviceUse } from '../sample/device';
import {
  endText,
  killEngine,
  launchEngine,
  stoppedError,
  toAppError,
  type EngineProcess,
  type Fate,
  type Pending,
} from './engineProcess';

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
  /** it ended unasked, and a new one is started for the work that is sent again */
  | { readonly state: 'restarting'; readonly reason: string }
  /** it did not start, or it died of the same work too often; the next call tries once more */
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

/** A native run can't be interrupted: after this long a cancelled call ends by ending the engine. */
const HARD_CANCEL_MS = 20_000;
/** Of calls that go on where they were, or cost little: they are sent again whatever they did. */
export const REPEATABLE: NonNullable<EngineCall<never, never, never>['retry']> = {
  running: () => true,
  onRetry: () => undefined,
};

const MAX_TRIES = 3;
const RESTART_DELAY_MS = 200;

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
  #running: Promise<EngineProcess> | undefined;
  #current: EngineProcess | undefined;
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
   * @throws AppError what the engine answered, `CANCELLED`, or `ENGINE_STOPPED` when it died; then
   *   `data.tries` tells how often, for calls that were sent again
   */
  async call<P, R, V = never>(call: EngineCall<P, R, V>): Promise<R> {
    this.#pending += 1;
    clearTimeout(this.#idleTimer);
    this.#showBusy();
    try {
      return await this.#callWithRetries(call);
    } finally {
      this.#pending -= 1;
      this.#showNothingRestarts();
      this.#showBusy();
      this.#scheduleIdleStop();
    }
  }

  async #callWithRetries<P, R, V>(call: EngineCall<P, R, V>): Promise<R> {
    for (let tries = 1; ;) {
      throwIfAborted(call.signal);
      const running = await this.#start();
      throwIfAborted(call.signal); // while it started, nobody listened
      const fate = (): Fate =>
        call.retry === undefined || this.#disposed || call.signal?.aborted === true
          ? 'over'
          : call.retry.running() && tries >= MAX_TRIES
            ? 'givenUp'
            : 'sentAgain';
      try {
        return await this.#send(running, call, fate);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'ENGINE_STOPPED') {
          throw error;
        }
        throwIfAborted(call.signal);
        switch (fate()) {
          case 'over':
            throw error;
          case 'givenUp':
            throw new AppError(error.code, error.message, { ...error.data, tries });
          case 'sentAgain':
            tries += call.retry?.running() === true ? 1 : 0;
            call.retry?.onRetry();
            await delay(RESTART_DELAY_MS * tries);
        }
      }
    }
  }

  async #send<P, R, V>(
    running: EngineProcess,
    call: EngineCall<P, R, V>,
    fate: () => Fate,
  ): Promise<R> {
    const { connection, pending } = running;
    const source = new CancellationTokenSource();
    let hardCancel: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      source.cancel();
      hardCancel = setTimeout(() => killEngine(running), HARD_CANCEL_MS);
    };
    call.signal?.addEventListener('abort', cancel, { once: true });
    const progress =
      call.progress &&
      connection.onProgress(call.progress.type, call.progress.token, call.progress.onValue);
    let own: Pending | undefined;
    try {
      // a promise of its own: what races against the life of the process would live as long
      return await new Promise<R>((resolve, reject) => {
        own = { stop: reject, fate };
        pending.add(own);
        connection
          .sendRequest<R>(call.type.method, call.params, source.token)
          .then(resolve, reject);
      });
    } catch (error) {
      throw call.signal?.aborted === true
        ? new AppError('CANCELLED', 'cancelled')
        : toAppError(error);
    } finally {
      if (own !== undefined) {
        pending.delete(own);
      }
      call.signal?.removeEventListener('abort', cancel);
      clearTimeout(hardCancel);
      progress?.dispose();
    }
  }

  #start(): Promise<EngineProcess> {
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

  async #launch(): Promise<EngineProcess> {
    if (this.#status.state !== 'restarting') {
      this.#setStatus({ state: 'starting' });
    }
    const { script, env, logger } = this.options;
    const running = await launchEngine({
      script,
      env: env?.() ?? {},
      logger,
      broken: this.#broken,
      onDevice: (use) => this.onDevice.fire(use),
    });
    this.#setStatus({ state: 'ready', pid: running.facts.pid, busy: this.#pending > 0 });
    this.#current = running;
    void running.process.ended.then((end) => this.#onEnd(end, running));
    return running;
  }

  #onEnd(end: ProcessEnd, running: EngineProcess): void {
    const asked = this.#current !== running || this.#disposed || this.#pending === 0;
    const next = asked ? ({ state: 'stopped' } as const) : this.#statusAfter(end, running);
    for (const { stop } of running.pending) {
      stop(stoppedError(end));
    }
    running.connection.dispose();
    this.options.logger.log(asked ? 'info' : 'error', 'engine ended', { ...end });
    const { device, killed } = running.state;
    if (!asked && !killed && device !== 'cpu') {
      const message = `${DEVICE_NAMES[device]}: the scoring engine stopped (${endText(end)}) there`;
      this.#broken.push({ device, error: { code: 'DEVICE_UNAVAILABLE', message } });
    }
    if (this.#current === running) {
      this.#forget();
      this.#setStatus(next);
    }
  }

  /** What comes of an end that nobody asked for. */
  #statusAfter(end: ProcessEnd, { pending }: EngineProcess): EngineStatus {
    const fates = [...pending].map(({ fate }) => fate());
    // calls that were not under way wait for an engine
    if (fates.includes('sentAgain') || this.#pending > pending.size) {
      return { state: 'restarting', reason: endText(end) };
    }
    return fates.includes('givenUp')
      ? { state: 'failed', reason: `the scoring engine stopped again and again (${endText(end)})` }
      : { state: 'stopped' };
  }

  /** Whoever an engine was to be restarted for has given up. */
  #showNothingRestarts(): void {
    if (this.#pending === 0 && this.#running === undefined && this.#status.state === 'restarting') {
      this.#setStatus({ state: 'stopped' });
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
      killEngine(running);
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

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
