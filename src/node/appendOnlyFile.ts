// Lines added to the end of a file, each on disk before it counts.

import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Appends text and waits until the disk has it (fsync). If the file's last line was cut short,
 * the text starts on a line of its own. Makes folder and file when they are missing.
 */
export async function appendDurably(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const firstMade = await mkdir(folder, { recursive: true });
  const handle = await open(path, 'a+');
  let isNew: boolean;
  try {
    const { size } = await handle.stat();
    isNew = size === 0;
    const last = Buffer.alloc(1);
    if (!isNew) {
      await handle.read(last, 0, 1, size - 1);
    }
    const torn = !isNew && last.toString() !== '\n';
    await handle.appendFile(torn ? `\n${text}` : text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  if (isNew) {
    await flushFolders(folder, firstMade === undefined ? folder : dirname(firstMade));
  }
}

/** What a system says that can't flush a folder: Windows, some network drives, or no right to read it. */
const CANNOT_FLUSH = ['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'];

/**
 * Flushes folders, from the inner one out: a file that is new has its bytes on disk, but not yet its
 * name.
 */
async function flushFolders(inner: string, outer: string): Promise<void> {
  for (let folder = inner; ; folder = dirname(folder)) {
    try {
      await flush(folder);
    } catch (error) {
      if (!CANNOT_FLUSH.includes((error as NodeJS.ErrnoException).code ?? '')) {
        throw error;
      }
    }
    if (folder === outer || folder === dirname(folder)) {
      return;
    }
  }
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
