// Child processes that talk over an IPC channel.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ForkOptions {
  /** added to this process's environment */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLogLine: (line: string) => void;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A running child. `process` carries the IPC channel. */
export interface ForkedProcess {
  readonly process: ChildProcess;
  readonly pid: number | undefined;
  /** resolves when it has ended, for whatever reason; never rejects */
  readonly ended: Promise<ProcessEnd>;
  /** resolves when all that it wrote has been read, which may be after its end */
  readonly logEnded: Promise<void>;
  /** ends it at once; a native call can't be stopped otherwise */
  kill(): void;
}

/**
 * Starts a script with the running executable (inside VS Code: Electron as Node).
 * A script that can't be started counts as ended.
 */
export function forkProcess(script: string, options: ForkOptions): ForkedProcess {
  const child = fork(script, [], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...options.env },
    // a debugger of the parent must not be inherited: its port is taken
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const read = streams.map(async (stream) => {
    const lines = createInterface({ input: stream }).on('line', options.onLogLine);
    await once(lines, 'close');
  });
  const logEnded = Promise.all(read).then(() => undefined);
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('error', () => resolve({ exitCode: null, signal: null }));
  });
  const kill = (): void => void child.kill('SIGKILL');
  return { process: child, pid: child.pid, ended, logEnded, kill };
}
