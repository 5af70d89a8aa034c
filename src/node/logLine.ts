// Reads the log of a process of ours (processLog.ts writes it). Apart from it, so that who only reads
// does not load the logging library: the extension has to activate fast.

import type { LogLevel } from '../base/logger';

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
