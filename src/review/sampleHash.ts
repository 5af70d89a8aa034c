// Identifies what was judged, so that a verdict is never applied to something else.

import canonicalize from 'canonicalize';
import { sha256 } from '../node/hash';
import { writtenName } from '../sample/frameList';
import type { Sample } from '../sample/sample';

/**
 * SHA-256 over the canonical JSON (RFC 8785) of the messages, media paths and candidate texts.
 * Sources, domains and unknown keys do not count: they are not what a person judges.
 */
export function sampleHash(sample: Sample): string {
  const content = canonicalize({
    messages: sample.messages,
    images: sample.images,
    videos: sample.videos.map(writtenName),
    candidates: sample.candidates.map(({ text }) => text),
  });
  return sha256(content ?? '');
}
