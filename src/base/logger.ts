// What every room may ask of a log; who writes it is decided at the edge.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Logger {
  /** @param data plain values that help to find the cause; never dataset content */
  log(level: LogLevel, message: string, data?: Readonly<Record<string, unknown>>): void;
}

/** For callers that do not care. */
export const silentLogger: Logger = { log: () => undefined };
