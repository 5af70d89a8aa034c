// Child programs whose output is read as it comes.

import { spawn } from 'node:child_process';
import { AppError } from '../base/errors';

export interface ProgramOptions {
  /** full path of the executable; no shell is involved */
  readonly program: string;
  readonly args: readonly string[];
  /**
   * Takes a piece of the output. The program waits while this runs; what it throws ends the
   * program.
   */
  readonly onOutput: (piece: Uint8Array) => void;
  /** the program is ended after this long */
  readonly maxMs: number;
  readonly signal?: AbortSignal | undefined;
}

export type ProgramOutcome =
  | { readonly ended: 'exit'; readonly exitCode: number; readonly complaints: string }
  | { readonly ended: 'timeout' }
  /** it could not be started at all */
  | { readonly ended: 'notStarted'; readonly reason: string };

/** Of the program's complaints (stderr) the first and the last are kept, this many characters. */
const MAX_COMPLAINTS = 32_768;

/** Runs a program to its end. @throws AppError `CANCELLED`, or whatever `onOutput` throws */
export function runProgram(options: ProgramOptions): Promise<ProgramOutcome> {
  const { program, args, onOutput, maxMs, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new AppError('CANCELLED', 'cancelled'));
      return;
    }
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      shell: false,
    });
    let complaints = '';
    let timedOut = false;
    let failure: { readonly cause: unknown } | undefined;
    const kill = (): void => void child.kill('SIGKILL');
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, maxMs);
    signal?.addEventListener('abort', kill, { once: true });
    child.stdout.on('data', (piece: Buffer) => {
      if (failure !== undefined) {
        return;
      }
      try {
        onOutput(piece);
      } catch (cause) {
        failure = { cause };
        kill();
      }
    });
    child.stderr.on('data', (piece: Buffer) => {
      complaints += piece.toString('utf8');
      if (complaints.length > 2 * MAX_COMPLAINTS) {
        complaints = `${complaints.slice(0, MAX_COMPLAINTS)}\n${complaints.slice(-MAX_COMPLAINTS)}`;
      }
    });
    const settle = (outcome: ProgramOutcome): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      if (failure !== undefined) {
        reject(failure.cause);
      } else if (signal?.aborted === true) {
        reject(new AppError('CANCELLED', 'cancelled'));
      } else {
        resolve(timedOut ? { ended: 'timeout' } : outcome);
      }
    };
    child.once('error', (error) => settle({ ended: 'notStarted', reason: error.message }));
    // after the last output
    child.once('close', (code) => settle({ ended: 'exit', exitCode: code ?? -1, complaints }));
  });
}
