// The log of a process of ours: one JSON object a line on stderr.

import pino from 'pino';
import type { Logger, LogLevel } from '../base/logger';

/** Writes synchronously, so that the last words before a crash are not lost. */
export function createProcessLogger(name: string, level: LogLevel = 'info'): Logger {
  const log = pino({ name, level, base: { name } }, pino.destination({ fd: 2, sync: true }));
  return { log: (at, message, data) => log[at](data ?? {}, message) };
}
