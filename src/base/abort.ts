// Cancellation by AbortSignal: built in on every side, so it needs no type of ours.

import { AppError } from './errors';

/** @throws AppError `CANCELLED` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new AppError('CANCELLED', 'cancelled');
  }
}
