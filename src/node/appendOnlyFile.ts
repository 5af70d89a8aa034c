// Lines added to the end of a file, each on disk before it counts.

import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Appends text and waits until the disk has it (fsync). If the file's last line was cut short,
 * the text starts on a line of its own. Makes folder and file when they are missing.
 */
export async function appendDurably(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'a+');
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) {
      await handle.read(last, 0, 1, size - 1);
    }
    const torn = size > 0 && last.toString() !== '\n';
    await handle.appendFile(torn ? `\n${text}` : text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
