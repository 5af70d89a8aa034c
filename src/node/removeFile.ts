// Takes a file away.

import { rm } from 'node:fs/promises';

/** A file that is not there is as good. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
