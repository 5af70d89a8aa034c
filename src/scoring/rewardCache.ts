// Rewards that were computed before, by content: the same question to the same model needs no run.

import canonicalize from 'canonicalize';
import * as z from 'zod';
import { encodeError } from '../base/errors';
import type { Logger } from '../base/logger';
import { appendDurably } from '../node/appendOnlyFile';
import { resolveMedia, fileSizeBytes } from '../node/folder';
import { sha256, sha256OfFile } from '../node/hash';
import { readLines } from '../node/lineReader';
import { rewardIdentity } from '../sample/device';
import type { MediaFacts, SampleScore } from '../sample/reward';
import { mediaOf, type Sample } from '../sample/sample';
import type { RewardEvent, Scorer, ScoreRequest } from '../sample/scorer';

const count = z.int().nonnegative();
const pair = z.tuple([count, count]);

/** One line of the cache file: what is known of one prompt, and rewards of some candidates. */
const lineSchema = z.object({
  prompt: z.string(),
  prefix: count,
  media: z.array(
    z.object({
      path: z.string(),
      width: count,
      height: count,
      padded: pair,
      grid: pair,
      tokens: count,
      video: z
        .object({
          width: count,
          height: count,
          frameCount: count,
          framesPerSecond: z.number(),
          indices: z.array(count),
          seconds: z.array(z.number()),
        })
        .optional(),
    }),
  ),
  /** by SHA-256 of the text */
  candidates: z.record(z.string(), z.object({ reward: z.number(), tail: count, text: count })),
});

type CacheLine = z.infer<typeof lineSchema>;
type CachedReward = CacheLine['candidates'][string];

/** An append-only file of rewards, read when first needed. */
export class RewardCache {
  #lines: Promise<Map<string, CacheLine>> | undefined;

  constructor(
    readonly path: string,
    readonly logger: Logger,
  ) {}

  async get(prompt: string): Promise<CacheLine | undefined> {
    return (await this.#load()).get(prompt);
  }

  /** Adds what is new; a cache that can't be read or written is slower, not wrong. */
  async add(line: CacheLine): Promise<void> {
    const lines = await this.#load();
    const known = lines.get(line.prompt);
    lines.set(line.prompt, {
      ...line,
      candidates: { ...known?.candidates, ...line.candidates },
    });
    try {
      await appendDurably(this.path, `${JSON.stringify(line)}\n`);
    } catch (error) {
      this.logger.log('warn', 'reward cache not written', { ...encodeError(error) });
    }
  }

  #load(): Promise<Map<string, CacheLine>> {
    this.#lines ??= this.#read();
    return this.#lines;
  }

  async #read(): Promise<Map<string, CacheLine>> {
    const lines = new Map<string, CacheLine>();
    if ((await fileSizeBytes(this.path)) === undefined) {
      return lines;
    }
    try {
      for await (const { bytes, ended } of readLines(this.path)) {
        if (!ended || bytes === undefined) {
          continue; // a line cut short by a crash: its rewards are computed again
        }
        const line = parseLine(new TextDecoder().decode(bytes));
        if (line === undefined) {
          this.logger.log('warn', 'a line of the reward cache is damaged and was left out');
          continue;
        }
        const known = lines.get(line.prompt);
        const candidates = { ...known?.candidates, ...line.candidates };
        lines.set(line.prompt, { ...line, candidates });
      }
    } catch (error) {
      this.logger.log('warn', 'reward cache not read', { ...encodeError(error) });
    }
    return lines;
  }
}

/**
 * Answers from the cache when it knows every candidate; else asks the scorer behind it. Rewards of
 * different devices never mix: each is kept under the device that computed it.
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

  async score(
    request: ScoreRequest,
    onReward?: (event: RewardEvent) => void,
    signal?: AbortSignal,
  ): Promise<SampleScore> {
    const device = await this.device();
    const keyFor = (id: string): Promise<string | undefined> =>
      promptKey(request, rewardIdentity(this.fingerprint, id));
    const lookedUp = device === undefined ? undefined : await keyFor(device);
    const keys = request.sample.candidates.map(({ text }) => sha256(text));
    const known = lookedUp === undefined ? undefined : await this.cache.get(lookedUp);
    const found = keys.map((key) => known?.candidates[key]);
    if (known !== undefined && found.every((reward) => reward !== undefined)) {
      return toScore(request.sample, known, found, device);
    }
    const score = await this.inner.score(request, onReward, signal);
    const { computedOn } = score;
    const prompt =
      computedOn === undefined || computedOn === device ? lookedUp : await keyFor(computedOn);
    if (prompt !== undefined && score.error === undefined) {
      const candidates = keys.flatMap((key, n): [string, CachedReward][] => {
        const reward = score.rewards[n] ?? null;
        const { tails, texts } = score.tokens;
        return reward === null ? [] : [[key, { reward, tail: tails[n] ?? 0, text: texts[n] ?? 0 }]];
      });
      const { media, tokens } = score;
      await this.cache.add({
        prompt,
        prefix: tokens.prefix,
        media: media.map(toCachedFacts),
        candidates: Object.fromEntries(candidates),
      });
    }
    return score;
  }
}

type CachedFacts = CacheLine['media'][number];

function toCachedFacts({ video, padded, grid, ...facts }: MediaFacts): CachedFacts {
  return {
    ...facts,
    padded: [...padded],
    grid: [...grid],
    ...(video === undefined
      ? {}
      : { video: { ...video, indices: [...video.indices], seconds: [...video.seconds] } }),
  };
}

function toFacts({ video, ...facts }: CachedFacts, path: string): MediaFacts {
  return { ...facts, path, ...(video === undefined ? {} : { video }) };
}

function parseLine(text: string): CacheLine | undefined {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function toScore(
  sample: Sample,
  { prefix, media }: CacheLine,
  found: readonly CachedReward[],
  device: string | undefined,
): SampleScore {
  const paths = mediaOf(sample);
  return {
    rewards: found.map(({ reward }) => reward),
    errors: [],
    tokens: {
      prefix,
      tails: found.map(({ tail }) => tail),
      texts: found.map(({ text }) => text),
    },
    // the same picture may have had another path then
    media: media.map((facts, n) => toFacts(facts, paths[n] ?? facts.path)),
    ...(device === undefined ? {} : { computedOn: device }),
    timing: {
      msVision: 0,
      msPrefix: 0,
      msTails: found.map(() => 0),
      cached: { vision: true, prefix: true },
    },
  };
}

/** Everything but the candidate that decides a reward. `undefined` when a medium can't be read. */
export async function promptKey(
  { sample, mediaRoot, options }: ScoreRequest,
  fingerprint: string,
): Promise<string | undefined> {
  try {
    const media: string[] = [];
    for (const path of mediaOf(sample)) {
      media.push(await sha256OfFile(await resolveMedia(mediaRoot, path)));
    }
    const content = canonicalize({
      fingerprint,
      media,
      // the same file as a picture and as a video are two things
      images: sample.images.length,
      messages: sample.messages,
      candidateRole: sample.candidateRole,
      options: {
        compat: options.compat,
        hdNum: sample.hdNum ?? options.hdNum,
        maxLength: sample.maxLength ?? options.maxLength,
        // text and pictures keep their key whatever is written on videos
        ...(sample.videos.length === 0 ? {} : { frameLabels: options.frameLabels }),
      },
    });
    return sha256(content ?? '');
  } catch {
    // the scorer says what is wrong with it
    return undefined;
  }
}
