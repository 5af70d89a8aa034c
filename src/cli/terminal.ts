// The terminal: results on stdout, everything else on stderr.

import { SingleBar, Presets } from 'cli-progress';
import { AppError, encodeError, type EncodedError } from '../base/errors';
import type { Logger } from '../base/logger';
import type { Progress } from '../base/progress';
import { remedyFor } from './remedies';

/** Exit codes of every command. */
export const EXIT = { ok: 0, nothing: 1, usage: 2, partly: 3, cancelled: 130 } as const;

export class Terminal {
  #bar: SingleBar | undefined;

  constructor(
    readonly stdout: NodeJS.WriteStream,
    readonly stderr: NodeJS.WriteStream,
    readonly verbose: boolean,
  ) {}

  /** True when a person looks at stdout. */
  get isInteractive(): boolean {
    return this.stdout.isTTY;
  }

  /** Columns of the screen; 120 where there is none. */
  get width(): number {
    return this.isInteractive ? this.stdout.columns : 120;
  }

  /** Writes a result. */
  print(text: string): void {
    this.stdout.write(text);
  }

  /** Writes a remark. The progress line stays below it. */
  note(text: string): void {
    if (this.#bar === undefined) {
      this.stderr.write(`${text}\n`);
    } else {
      this.stderr.write(`\r\u001b[K${text}\n`);
    }
  }

  /** @param where file, or file and line */
  fail(where: string, error: EncodedError): void {
    const remedy = remedyFor(error.code);
    const place = where === '' || error.message.startsWith(where) ? '' : `${where}: `;
    this.note(
      `${place}${error.code}: ${error.message}${remedy === undefined ? '' : ` (${remedy})`}`,
    );
  }

  /** Shows how far the work is, with an estimate, when a person looks. */
  progress({ done, total, label }: Progress): void {
    if (!this.stderr.isTTY || total === undefined) {
      return;
    }
    if (this.#bar === undefined) {
      this.#bar = new SingleBar(
        {
          format: '{bar} {percentage} % | {value}/{total} | {eta_formatted} left | {label}',
          stream: this.stderr,
          hideCursor: false,
          etaBuffer: 50,
        },
        Presets.shades_classic,
      );
      this.#bar.start(total, done, { label: label ?? '' });
    }
    this.#bar.setTotal(total);
    this.#bar.update(done, { label: label ?? '' });
  }

  endProgress(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  get logger(): Logger {
    return {
      log: (level, message) => {
        if (this.verbose || level === 'error') {
          this.note(`[${level}] ${message}`);
        }
      },
    };
  }

  /** Reports an error that ended a command; returns the exit code. */
  end(error: unknown): number {
    this.endProgress();
    const encoded = encodeError(error);
    if (encoded.code === 'CANCELLED') {
      this.note('Cancelled.');
      return EXIT.cancelled;
    }
    this.fail('', encoded);
    if (!(error instanceof AppError) && error instanceof Error && this.verbose) {
      this.note(error.stack ?? '');
    }
    return encoded.code === 'USAGE' ? EXIT.usage : EXIT.nothing;
  }
}
