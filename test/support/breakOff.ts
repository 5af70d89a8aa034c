// A transfer that breaks off in the middle.

import fs from 'node:fs';
import type http from 'node:http';
import path from 'node:path';

/** Where a transfer breaks off, and the folder that is downloaded into. */
export interface BreakOff {
  readonly afterBytes: number;
  readonly folder: string;
}

/**
 * Sends the start of a body and breaks the connection off when all of it lies in the folder of the
 * download: what a client has not taken up by then would be lost to it, however long one waits.
 * @param from where in the file the body starts
 */
export function sendAndBreakOff(
  response: http.ServerResponse,
  body: Uint8Array,
  from: number,
  { afterBytes, folder }: BreakOff,
): void {
  response.write(body.subarray(0, afterBytes));
  const timer = setInterval(() => {
    if (partialBytes(folder) >= from + afterBytes) {
      response.destroy();
    }
  }, 5);
  response.once('close', () => clearInterval(timer));
}

/** Of the one file that is being downloaded. */
function partialBytes(folder: string): number {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const partial = names.find((name) => name.endsWith('.partial'));
  return partial === undefined ? 0 : fs.statSync(path.join(folder, partial)).size;
}
