// What the model saw of a medium, as caches store it.

import * as z from 'zod';
import type { MediaFacts } from '../sample/reward';

/** Raise it when the pixels that a file becomes change: caches go by it. */
export const PIXELS_VERSION = 1;

const count = z.int().nonnegative();
const pair = z.tuple([count, count]);

export const mediaFactsSchema = z.object({
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
      isList: z.literal(true).exactOptional(),
      indices: z.array(count),
      seconds: z.array(z.number()),
    })
    .optional(),
});

type StoredFacts = z.infer<typeof mediaFactsSchema>;

export function toStoredFacts({ video, padded, grid, ...facts }: MediaFacts): StoredFacts {
  return {
    ...facts,
    padded: [...padded],
    grid: [...grid],
    ...(video === undefined
      ? {}
      : { video: { ...video, indices: [...video.indices], seconds: [...video.seconds] } }),
  };
}

/** @param path as the sample at hand writes it: the same content may have had another one then */
export function toMediaFacts({ video, ...facts }: StoredFacts, path: string): MediaFacts {
  return { ...facts, path, ...(video === undefined ? {} : { video }) };
}
