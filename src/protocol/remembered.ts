// How a person wants the pages to be: the same for all datasets, kept over restarts.

import * as z from 'zod';

const width = z.int().positive().max(10_000);

export const remembered = z.object({
  /** the queue is there beside the rest */
  queue: z.boolean().optional(),
  /** texts as they are written */
  raw: z.boolean().optional(),
  /** words that the best or a pinned answer lacks are marked */
  marks: z.boolean().optional(),
  /** in pixels; `null`: as wide as the page makes it */
  queueWidth: width.nullish(),
  mediaWidth: width.nullish(),
});

export type Remembered = Readonly<z.infer<typeof remembered>>;
