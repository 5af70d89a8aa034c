// Zip archives for tests, right or deliberately wrong.

import fs from 'node:fs';
import { crc32 } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  /** a number: as many zero bytes, which a file system need not store */
  readonly data: Uint8Array | number;
  readonly method?: number;
  readonly flags?: number;
  /** where the directory says the entry begins, when that is a lie */
  readonly claimedAt?: number;
  /** the size that the directory gives, when that is a lie */
  readonly claimedBytes?: number;
}

interface Chunk {
  readonly at: number;
  readonly bytes: Buffer;
}

const FOUR_GB = 0xffff_ffff;

/** The archive as bytes. */
export function zipOf(parts: readonly ZipPart[]): Buffer {
  const { chunks, sizeBytes } = layOut(parts);
  const whole = Buffer.alloc(sizeBytes);
  for (const { at, bytes } of chunks) {
    bytes.copy(whole, at);
  }
  return whole;
}

/** Writes the archive with holes for runs of zeros. */
export function writeZip(file: string, parts: readonly ZipPart[]): void {
  const handle = fs.openSync(file, 'w');
  for (const { at, bytes } of layOut(parts).chunks) {
    fs.writeSync(handle, bytes, 0, bytes.length, at);
  }
  fs.closeSync(handle);
}

function layOut(parts: readonly ZipPart[]): { chunks: Chunk[]; sizeBytes: number } {
  const chunks: Chunk[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const sizeBytes = typeof part.data === 'number' ? part.data : part.data.length;
    const start = part.claimedAt ?? at;
    const claimed = part.claimedBytes ?? sizeBytes;
    const large = claimed >= FOUR_GB || start >= FOUR_GB;
    const fields = (local: boolean): Buffer => {
      const crc = typeof part.data === 'number' ? 0 : crc32(part.data);
      const extra = large ? zip64Extra(claimed, local ? undefined : start) : Buffer.alloc(0);
      const head = Buffer.alloc(local ? 30 : 46);
      head.writeUInt32LE(local ? 0x04034b50 : 0x02014b50, 0);
      const shift = local ? 0 : 2;
      head.writeUInt16LE(45, 4 + shift);
      head.writeUInt16LE(part.flags ?? 0, 6 + shift);
      head.writeUInt16LE(part.method ?? 0, 8 + shift);
      head.writeUInt32LE(crc, 14 + shift);
      head.writeUInt32LE(large ? FOUR_GB : claimed, 18 + shift);
      head.writeUInt32LE(large ? FOUR_GB : claimed, 22 + shift);
      head.writeUInt16LE(name.length, 26 + shift);
      head.writeUInt16LE(extra.length, 28 + shift);
      if (!local) {
        head.writeUInt32LE(large ? FOUR_GB : start, 42);
      }
      return Buffer.concat([head, name, extra]);
    };
    const head = fields(true);
    chunks.push({ at, bytes: head });
    at += head.length;
    if (typeof part.data !== 'number') {
      chunks.push({ at, bytes: Buffer.from(part.data) });
    }
    at += sizeBytes;
    directory.push(fields(false));
  }
  const central = Buffer.concat(directory);
  const end = endRecords(at, central.length, parts.length);
  chunks.push({ at, bytes: Buffer.concat([central, end]) });
  return { chunks, sizeBytes: at + central.length + end.length };
}

function zip64Extra(sizeBytes: number, start?: number): Buffer {
  const values = [sizeBytes, sizeBytes, ...(start === undefined ? [] : [start])];
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, n) => extra.writeBigUInt64LE(BigInt(value), 4 + 8 * n));
  return extra;
}

/** The zip64 records are always there: readers must take the numbers from them. */
function endRecords(start: number, sizeBytes: number, count: number): Buffer {
  const zip64 = Buffer.alloc(56);
  zip64.writeUInt32LE(0x06064b50, 0);
  zip64.writeBigUInt64LE(44n, 4);
  zip64.writeUInt16LE(45, 12);
  zip64.writeUInt16LE(45, 14);
  zip64.writeBigUInt64LE(BigInt(count), 24);
  zip64.writeBigUInt64LE(BigInt(count), 32);
  zip64.writeBigUInt64LE(BigInt(sizeBytes), 40);
  zip64.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + sizeBytes), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22, 0xff);
  end.writeUInt32LE(0x06054b50, 0);
  end.fill(0, 4, 8);
  end.writeUInt16LE(0, 20);
  return Buffer.concat([zip64, locator, end]);
}
