// Columns that many formats share.

import * as z from 'zod';
import { mediaColumn, videoColumn } from './mediaReference';
import type { RowMedia } from './mediaLayout';
import { text } from './text';

/** `image` or `images`, `video` or `videos`: any of them, one medium or a list. */
export const mediaColumns = {
  image: mediaColumn,
  images: mediaColumn,
  video: videoColumn,
  videos: videoColumn,
};

type MediaColumns = Readonly<Record<keyof typeof mediaColumns, readonly string[]>>;

export function mediaOfColumns({ image, images, video, videos }: MediaColumns): RowMedia {
  return { images: [...image, ...images], videos: [...video, ...videos] };
}

/** Topics, by which the review can filter. */
export const optionalText = text.nullish();
export const optionalNumber = z.number().nullish();
/** KTO's label: true or false, or 1 or 0. */
export const desirable = z.union([z.boolean(), z.literal([0, 1]).transform((held) => held === 1)]);
export const texts = z.array(text);
