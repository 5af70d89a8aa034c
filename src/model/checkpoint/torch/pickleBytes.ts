// Reads the arguments of pickle opcodes, byte after byte.

import type { Fail } from './torchGlobals';

const MAX_STRING_BYTES = 4096;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A position in a pickle that only moves on. Everything fails at the end of the bytes. */
export class PickleBytes {
  /** position of the next byte */
  at = 0;
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly fail: Fail,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Little-endian, without sign. */
  uint(sizeBytes: 1 | 2 | 4): number {
    const at = this.skip(sizeBytes);
    switch (sizeBytes) {
      case 1:
        return this.#view.getUint8(at);
      case 2:
        return this.#view.getUint16(at, true);
      case 4:
        return this.#view.getUint32(at, true);
    }
  }

  /** Little-endian, two's complement. */
  long(sizeBytes: number): number {
    if (sizeBytes > 8) {
      this.fail(`a whole number of ${sizeBytes} bytes`);
    }
    const at = this.skip(sizeBytes);
    let value = 0n;
    for (let n = sizeBytes - 1; n >= 0; n -= 1) {
      value = (value << 8n) | BigInt(this.#view.getUint8(at + n));
    }
    return Number(BigInt.asIntN(8 * sizeBytes, value));
  }

  text(sizeBytes: number): string {
    if (sizeBytes > MAX_STRING_BYTES) {
      this.fail(`a text of ${sizeBytes} bytes, at most ${MAX_STRING_BYTES} are read`);
    }
    const at = this.skip(sizeBytes);
    return this.#decode(at, at + sizeBytes);
  }

  /** Up to the next line feed, which is left out. */
  line(): string {
    const at = this.at;
    const end = this.bytes.subarray(0, at + MAX_STRING_BYTES).indexOf(0x0a, at);
    if (end < 0) {
      this.fail('a name does not end');
    }
    this.at = end + 1;
    return this.#decode(at, end);
  }

  /** @returns the position before */
  skip(sizeBytes: number): number {
    const at = this.at;
    if (at + sizeBytes > this.bytes.byteLength) {
      this.fail('it is cut off');
    }
    this.at = at + sizeBytes;
    return at;
  }

  #decode(from: number, to: number): string {
    try {
      return UTF8.decode(this.bytes.subarray(from, to));
    } catch {
      return this.fail('a text is not UTF-8');
    }
  }
}
