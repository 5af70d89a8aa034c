// Decoder rows of pictures and videos that were seen before, on disk: the vision tower is not run again.

import * as z from 'zod';
import type { BlobCache } from '../node/blobCache';
import type { MediaFacts } from '../sample/reward';
import { mediaFactsSchema, toMediaFacts, toStoredFacts } from './mediaFacts';

/** What is known of a medium once the vision tower has seen it. */
export interface MediumFeatures {
  readonly facts: MediaFacts;
  /** [tokens, hidden] float32 */
  readonly rows: Float32Array;
}

const headerSchema = z.object({ facts: mediaFactsSchema, rowBytes: z.int().nonnegative() });

/** Bytes of the length that stands before the header. The header is padded, for aligned rows. */
const LENGTH_BYTES = 4;
const ALIGNMENT = 4;

/**
 * A blob is the length of its header (uint32, little-endian), the header as JSON, and the rows as
 * float32 (little-endian, as on every processor that ONNX Runtime runs on).
 */
export class FeatureCache {
  constructor(readonly blobs: BlobCache) {}

  /** @param key of the medium (`prepareMedia`) @param path as the sample writes it */
  async get(key: string, path: string): Promise<MediumFeatures | undefined> {
    const blob = await this.blobs.read(key);
    return blob && parse(blob, path);
  }

  /** Resolves when it is stored, or can't be. */
  async put(key: string, { facts, rows }: MediumFeatures): Promise<void> {
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    const json = JSON.stringify({ facts: toStoredFacts(facts), rowBytes: bytes.length });
    const utf8 = new TextEncoder().encode(json);
    const header = new Uint8Array(LENGTH_BYTES + Math.ceil(utf8.length / ALIGNMENT) * ALIGNMENT);
    header.fill(SPACE);
    header.set(utf8, LENGTH_BYTES);
    new DataView(header.buffer).setUint32(0, header.length - LENGTH_BYTES, true);
    await this.blobs.write(key, [header, bytes]);
  }
}

/** @returns `undefined` for a blob of another form: a later version may have written it */
function parse(blob: Uint8Array, path: string): MediumFeatures | undefined {
  if (blob.length < LENGTH_BYTES) {
    return undefined;
  }
  const length = new DataView(blob.buffer, blob.byteOffset).getUint32(0, true);
  const json = new TextDecoder().decode(blob.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  const header = headerSchema.safeParse(parseJson(json));
  const bytes = blob.slice(LENGTH_BYTES + length);
  return header.success && header.data.rowBytes === bytes.length
    ? { facts: toMediaFacts(header.data.facts, path), rows: new Float32Array(bytes.buffer) }
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SPACE = 32;
