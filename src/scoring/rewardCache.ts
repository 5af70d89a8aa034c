// Rewards that were computed before, by content: the same question to the same model needs no run.

import canonicalize from 'canonicalize';
import * as z from 'zod';
import { encodeError } from '../base/errors';
import type { Logger } from '../base/logger';
import { appendDurably } from '../node/appendOnlyFile';
import { fileSizeBytes } from '../node/folder';
import { sha256 } from '../node/hash';
import { readLines } from '../node/lineReader';
import { mediaOf } from '../sample/sample';
import type { ScoreRequest } from '../sample/scorer';
import { mediaFactsSchema, PIXELS_VERSION } from './mediaFacts';
import { contentOf, videoFiles } from './mediaFiles';

const count = z.int().nonnegative();

/** One line of the cache file: what is known of one prompt, and rewards of some candidates. */
const lineSchema = z.object({
  prompt: z.string(),
  prefix: count,
  media: z.array(mediaFactsSchema),
  /** by SHA-256 of the text */
  candidates: z.record(z.string(), z.object({ reward: z.number(), tail: count, text: count })),
});

export type CacheLine = z.infer<typeof lineSchema>;
export type CachedReward = CacheLine['candidates'][string];

/** An append-only file of rewards, read when first needed. */
export class RewardCache {
  #lines: Promise<Map<string, CacheLine>> | undefined;
  /** SHA-256 of every text that has a reward to any prompt */
  readonly #texts = new Set<string>();

  constructor(
    readonly path: string,
    readonly logger: Logger,
  ) {}

  async get(prompt: string): Promise<CacheLine | undefined> {
    return (await this.#load()).get(prompt);
  }

  /** False when the text surely has no reward: saves reading the pictures of its prompt. */
  async mayKnow(text: string): Promise<boolean> {
    await this.#load();
    return this.#texts.has(sha256(text));
  }

  /** Adds what is new; a cache that can't be read or written is slower, not wrong. */
  async add(line: CacheLine): Promise<void> {
    const lines = await this.#load();
    this.#keepTexts(line);
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

  #keepTexts({ candidates }: CacheLine): void {
    for (const text of Object.keys(candidates)) {
      this.#texts.add(text);
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
        this.#keepTexts(line);
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

function parseLine(text: string): CacheLine | undefined {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Goes up when the same model on the same device gives other last bits than before. */
const REWARDS_VERSION = 2;

/** Everything but the candidate that decides a reward. `undefined` when a medium can't be read. */
export async function promptKey(
  { sample, mediaRoot, options, covered }: ScoreRequest,
  fingerprint: string,
): Promise<string | undefined> {
  try {
    const media: (string | readonly string[])[] = [];
    for (const path of mediaOf(sample)) {
      media.push(await contentOf(await videoFiles(mediaRoot, path)));
    }
    const content = canonicalize({
      rewards: REWARDS_VERSION,
      fingerprint,
      ...(media.length === 0 ? {} : { pixels: PIXELS_VERSION }),
      media,
      // the same file as a picture and as a video are two things
      images: sample.images.length,
      messages: sample.messages,
      candidateRole: sample.candidateRole,
      // pictures that are shown as a whole keep their key
      ...(covered === undefined ? {} : { covered }),
      ...(options.head === undefined ? {} : { head: options.head.id }),
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
