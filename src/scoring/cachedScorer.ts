// A scorer that asks for what was not computed before.

import { sha256 } from '../node/hash';
import { rewardIdentity } from '../sample/device';
import { failedScore, type SampleScore } from '../sample/reward';
import { mediaOf, type Sample } from '../sample/sample';
import type { RewardEvent, Scorer, ScoreRequest } from '../sample/scorer';
import { toMediaFacts, toStoredFacts } from './mediaFacts';
import { promptKey, type CachedReward, type CacheLine, type RewardCache } from './rewardCache';

/**
 * Answers from the cache what it knows and asks the scorer behind it for the other candidates only: a
 * reward does not depend on which candidates stand beside it. Rewards of different devices never
 * mix: each is kept under the device that computed it.
 */
export class CachedScorer implements Scorer {
  /**
   * @param device id of the device whose rewards are looked up ({@link SampleScore.computedOn});
   *   `undefined` while it is not known, which finds nothing
   */
  constructor(
    readonly inner: Scorer,
    readonly cache: RewardCache,
    readonly fingerprint: string,
    readonly device: () => Promise<string | undefined>,
  ) {}

  /** The score of a sample all of whose rewards were computed before; computes nothing. */
  async known(request: ScoreRequest): Promise<SampleScore | undefined> {
    const { sample } = request;
    const device = await this.device();
    const texts = sample.candidates.map(({ text }) => text);
    for (const text of texts) {
      if (device === undefined || !(await this.cache.mayKnow(text))) {
        return undefined;
      }
    }
    const prompt = device && (await promptKey(request, rewardIdentity(this.fingerprint, device)));
    const line = prompt === undefined ? undefined : await this.cache.get(prompt);
    const found = texts.map((text) => line?.candidates[sha256(text)]);
    return line === undefined || found.includes(undefined)
      ? undefined
      : fromCache(sample, line, found, device);
  }

  async score(
    request: ScoreRequest,
    onReward: (event: RewardEvent) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    const device = await this.device();
    const keyFor = (id: string): Promise<string | undefined> =>
      promptKey(request, rewardIdentity(this.fingerprint, id));
    const prompt = device === undefined ? undefined : await keyFor(device);
    const known = prompt === undefined ? undefined : await this.cache.get(prompt);
    const found = request.sample.candidates.map(({ text }) => known?.candidates[sha256(text)]);
    const missing = found.flatMap((reward, n) => (reward === undefined ? [n] : []));
    if (known !== undefined && missing.length === 0) {
      return fromCache(request.sample, known, found, device);
    }
    if (known === undefined || missing.length === found.length) {
      return this.#askAll(request, onReward, signal, device, keyFor);
    }
    for (const [candidate, cached] of found.entries()) {
      if (cached !== undefined) {
        onReward({ candidate, reward: cached.reward });
      }
    }
    const rest = withCandidates(request, missing);
    const score = await this.inner.score(
      rest,
      ({ candidate, reward }) => onReward({ candidate: missing[candidate] ?? 0, reward }),
      signal,
    );
    if (score.error !== undefined) {
      return { ...failedScore(found.length, score.error), media: score.media };
    }
    if ((score.computedOn ?? device) !== device) {
      // the device was given up in between: what is cached belongs to the other one
      return this.#askAll(request, onReward, signal, device, keyFor);
    }
    await this.#keep(prompt, rest.sample, score);
    return merged(fromCache(request.sample, known, found, device), score, missing);
  }

  async #askAll(
    request: ScoreRequest,
    onReward: (event: RewardEvent) => void,
    signal: AbortSignal | undefined,
    device: string | undefined,
    keyFor: (device: string) => Promise<string | undefined>,
  ): Promise<SampleScore> {
    const score = await this.inner.score(request, onReward, signal);
    const computedOn = score.computedOn ?? device;
    if (computedOn !== undefined && score.error === undefined) {
      await this.#keep(await keyFor(computedOn), request.sample, score);
    }
    return score;
  }

  async #keep(
    prompt: string | undefined,
    { candidates }: Sample,
    { rewards, tokens, media }: SampleScore,
  ): Promise<void> {
    if (prompt === undefined) {
      return;
    }
    const computed = candidates.flatMap(({ text }, n): [string, CachedReward][] => {
      const reward = rewards[n] ?? null;
      const { tails, texts } = tokens;
      return reward === null
        ? []
        : [[sha256(text), { reward, tail: tails[n] ?? 0, text: texts[n] ?? 0 }]];
    });
    await this.cache.add({
      prompt,
      prefix: tokens.prefix,
      media: media.map(toStoredFacts),
      candidates: Object.fromEntries(computed),
    });
  }
}

function withCandidates(request: ScoreRequest, indices: readonly number[]): ScoreRequest {
  const { sample } = request;
  const candidates = sample.candidates.filter((_, n) => indices.includes(n));
  return { ...request, sample: { ...sample, candidates } };
}

/** @param part score of the candidates at `indices` */
function merged(whole: SampleScore, part: SampleScore, indices: readonly number[]): SampleScore {
  const put = <T>(into: readonly T[], values: readonly T[]): T[] => {
    const all = [...into];
    for (const [n, at] of indices.entries()) {
      all[at] = values[n] as T;
    }
    return all;
  };
  return {
    ...part,
    rewards: put(whole.rewards, part.rewards),
    errors: part.errors.map((error) => ({ ...error, candidate: indices[error.candidate] ?? 0 })),
    tokens: {
      prefix: whole.tokens.prefix,
      tails: put(whole.tokens.tails, part.tokens.tails),
      texts: put(whole.tokens.texts, part.tokens.texts),
    },
    timing: { ...part.timing, msTails: put(whole.timing.msTails, part.timing.msTails) },
  };
}

/** @param found what is known of each candidate; the others get no reward */
function fromCache(
  sample: Sample,
  { prefix, media }: CacheLine,
  found: readonly (CachedReward | undefined)[],
  device: string | undefined,
): SampleScore {
  const paths = mediaOf(sample);
  return {
    rewards: found.map((cached) => cached?.reward ?? null),
    errors: [],
    tokens: {
      prefix,
      tails: found.map((cached) => cached?.tail ?? 0),
      texts: found.map((cached) => cached?.text ?? 0),
    },
    media: media.map((facts, n) => toMediaFacts(facts, paths[n] ?? facts.path)),
    ...(device === undefined ? {} : { computedOn: device }),
    timing: {
      msVision: 0,
      msPrefix: 0,
      msTails: found.map(() => 0),
      cached: { vision: true, prefix: true },
    },
  };
}
