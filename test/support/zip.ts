// Writes zip archives, honest and lying ones (reference: PKWARE APPNOTE 6.3.10, stored entries only).

import zlib from 'node:zlib';

export interface ZipContent {
  readonly name: string;
  readonly data: Buffer;
  /** what the headers say instead of the true size */
  readonly claimedSize?: number;
}

export function zipOf(contents: readonly ZipContent[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, claimedSize = data.length } of contents) {
    const bytes = Buffer.from(name);
    const facts = Buffer.alloc(22);
    facts.writeUInt32LE(zlib.crc32(data), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(claimedSize, 18);
    facts.writeUInt16LE(20, 0);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(bytes.length, 0);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, lengths, bytes, data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const version = Buffer.from([20, 0]);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), version, facts, lengths, place, bytes]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(contents.length, 8);
  end.writeUInt16LE(contents.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
