// The log of a process of ours: one JSON object a line on stderr.

import pino from 'pino';
import type { Logger, LogLevel } from '../base/logger';

/** Writes synchronously, so that the last words before a crash are not lost. */
export function createProcessLogger(name: string, level: LogLevel = 'info'): Logger {
  const log = pino({ name, level, base: { name } }, pino.destination({ fd: 2, sync: true }));
  return { log: (at, message, data) => log[at](data ?? {}, message) };
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
}

/** Reads a line of such a log; anything else (a native library's words) counts as a warning. */
export function parseLogLine(line: string): LogLine {
  try {
    const { level, msg, ...rest } = JSON.parse(line) as { level: number; msg: string };
    const extra = Object.entries(rest)
      .filter(([key]) => !['time', 'name'].includes(key))
      .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
      .join('');
    return { level: levelName(level), message: `${msg}${extra}` };
  } catch {
    return { level: 'warn', message: line };
  }
}

function levelName(level: number): LogLevel {
  return level >= 50 ? 'error' : level >= 40 ? 'warn' : level >= 30 ? 'info' : 'debug';
}
