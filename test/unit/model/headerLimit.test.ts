import { expect, test } from 'vitest';
import type { ByteSource } from '../../../src/base/byteSource';
import { readSafetensorsHeader } from '../../../src/model/checkpoint/safetensors';

/** A file that says its header is so long; all else is zero. @returns bytes that were read of it */
function claiming(headerBytes: number): { source: ByteSource; read: () => number } {
  let read = 0;
  return {
    read: () => read,
    source: {
      name: 'large.safetensors',
      sizeBytes: 1e12,
      read: (offset, length) => {
        read += length;
        const bytes = Buffer.alloc(length);
        if (offset === 0) {
          bytes.writeBigUInt64LE(BigInt(headerBytes));
        }
        return Promise.resolve(bytes);
      },
      readInto: () => Promise.reject(new Error('a header is read as a whole')),
    },
  };
}

test.each([9e6, 1e8, 1e11])('a header of %d bytes is refused unread', async (headerBytes) => {
  const { source, read } = claiming(headerBytes);
  await expect(readSafetensorsHeader(source)).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
    message: expect.stringMatching(/header .* at most 8388608 are read/) as string,
  });
  expect(read()).toBe(8);
});

test('a header of eight megabytes is read', async () => {
  const { source, read } = claiming(8 * 1024 * 1024);
  await expect(readSafetensorsHeader(source)).rejects.toThrow(/not JSON/);
  expect(read()).toBe(8 + 8 * 1024 * 1024);
});
