// A scorer of features that asks for what was not computed before, so that a second fit takes seconds.

import type { BlobCache } from '../node/blobCache';
import { sha256 } from '../node/hash';
import { rewardIdentity } from '../sample/device';
import type { SampleFeatures } from '../sample/reward';
import type { FeatureScorer, ScoreRequest } from '../sample/scorer';
import { withTexts } from './explain/plan';
import { promptKey } from './rewardCache';

/** Where features are kept, and how many: 8 kB to 16 kB each. */
export const FEATURE_CACHE = { folder: 'head-features', limitBytes: 1e9 } as const;

/** Keeps features under everything that decides them: model, device, options, prompt, media, answer. */
export class CachedFeatures implements FeatureScorer {
  /** @param device id of the device that computes */
  constructor(
    readonly inner: FeatureScorer,
    readonly blobs: BlobCache,
    readonly fingerprint: string,
    readonly device: string,
  ) {}

  async features(request: ScoreRequest, signal?: AbortSignal): Promise<SampleFeatures> {
    const { head: _, ...options } = request.options; // features are those of every head
    const prompt = await promptKey(
      { ...request, options },
      rewardIdentity(this.fingerprint, this.device),
    );
    if (prompt === undefined) {
      return this.inner.features(request, signal); // it says what is wrong
    }
    const texts = request.sample.candidates.map(({ text }) => text);
    const names = texts.map((text) => sha256(JSON.stringify([prompt, text])));
    const known = await Promise.all(names.map((name) => this.blobs.read(name)));
    const missing = known.flatMap((bytes, n) => (bytes === undefined ? [n] : []));
    const features = known.map((bytes) => (bytes === undefined ? null : toBase64(bytes)));
    if (missing.length === 0) {
      return { features, errors: [] };
    }
    const asked = withTexts(
      request,
      missing.map((n) => texts[n] ?? ''),
    );
    const found = await this.inner.features(asked, signal);
    for (const [n, at] of missing.entries()) {
      const computed = found.features[n] ?? null;
      features[at] = computed;
      // another device may have taken over: what is kept is this one's
      if (computed !== null && (found.computedOn ?? this.device) === this.device) {
        await this.blobs.write(names[at] ?? '', [Buffer.from(computed, 'base64')]);
      }
    }
    const errors = found.errors.map((error) => ({
      ...error,
      candidate: missing[error.candidate] ?? 0,
    }));
    return { ...found, features, errors };
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
