// The bytes of a file, a pipe or a terminal from its beginning to its end.

import { close, createReadStream, fstat, open } from 'node:fs';
import { Socket } from 'node:net';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';

const CHUNK_BYTES = 1 << 18;

/**
 * Opens a path for one reading; the signal ends it at once. (The read of a file can't be cancelled.
 * That of a pipe or a terminal may wait for the other side without end, so these are polled.)
 */
export async function openFileStream(
  path: string,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<Buffer>> {
  const fd = await promisify(open)(path, 'r');
  try {
    const isPipe = (await promisify(fstat)(fd)).isFIFO();
    const options = signal === undefined ? {} : { signal };
    if (isPipe || isatty(fd)) {
      const socket = isPipe
        ? new Socket({ fd, readable: true, writable: false, ...options })
        : new ReadStream(fd, options);
      return socket as AsyncIterable<Buffer>;
    }
    return createReadStream(path, { fd, highWaterMark: CHUNK_BYTES, ...options });
  } catch (error) {
    close(fd);
    throw error;
  }
}
