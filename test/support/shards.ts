// Tar archives made here, members in the given order.

import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { tempFolder } from './paths';

export type Members = readonly (readonly [name: string, content: string | Uint8Array | object])[];

export async function tarBytes(members: Members): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of members) {
    const isRaw = typeof content === 'string' || content instanceof Uint8Array;
    archive.entry({ name }, isRaw ? content : JSON.stringify(content));
  }
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive) {
    pieces.push(piece as Uint8Array);
  }
  return Buffer.concat(pieces);
}

export async function writeShard(members: Members, { gzip = false } = {}): Promise<string> {
  const file = path.join(tempFolder(), gzip ? 'train-0000.tar.gz' : 'train-0000.tar');
  const bytes = await tarBytes(members);
  fs.writeFileSync(file, gzip ? gzipSync(bytes) : bytes);
  return file;
}
