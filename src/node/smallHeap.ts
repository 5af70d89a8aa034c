// Keeps the memory of a command small that reads gigabytes row by row.

import { setFlagsFromString } from 'node:v8';

/**
 * Rows are garbage as soon as the next one comes, yet V8 lets the space for new objects grow to some
 * hundred megabytes for them. From now on it keeps the size that it has.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
