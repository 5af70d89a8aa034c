// RLAIF-V and RLHF-V (their dataset cards), and pairs of benchmarks with a "question".

import * as z from 'zod';
import { FIRST_WINS, toCandidate, toContent } from './answers';
import { mediaColumns, mediaOfColumns, optionalText } from './columns';
import { mediaColumn } from './mediaReference';
import { defineFormat } from './rowFormat';
import { text } from './text';

const sources = {
  ...mediaColumns,
  /** where the picture lay; it is inside `image` in parquet files */
  image_path: mediaColumn,
  category: optionalText,
  ds_name: optionalText,
  origin_dataset: optionalText,
};
type Sources = z.infer<z.ZodObject<typeof sources>>;

const pair = z.object({ question: text, chosen: text, rejected: text });

function pairContent(found: z.infer<typeof pair>, row: Sources): ReturnType<typeof toContent> {
  const media = mediaOfColumns(row);
  const none = media.images.length + media.videos.length === 0;
  const [inside] = media.images;
  // a struct whose bytes are not there names the file by its last part only
  const isLost =
    row.image_path.length === 1 &&
    media.images.length === 1 &&
    inside?.startsWith('data:') === false &&
    row.image_path[0]?.endsWith(inside) === true;
  return toContent({
    prompt: found.question,
    images: none || isLost ? row.image_path : media.images,
    videos: media.videos,
    answers: [toCandidate(found.chosen), toCandidate(found.rejected)],
    given: { ranks: FIRST_WINS },
    domain: row.category ?? row.origin_dataset ?? row.ds_name,
  });
}

export const rlaifV = defineFormat({
  name: 'RLAIF-V',
  expected: '"question", "chosen" and "rejected", with "image" or "video"',
  fits: (row) => typeof row.question === 'string' && 'chosen' in row && 'rejected' in row,
  shape: { ...pair.shape, ...sources },
  toContent: (row) => pairContent(row, row),
});

const inText = z.string().transform((value, context): z.infer<typeof pair> => {
  try {
    return pair.parse(JSON.parse(value));
  } catch {
    context.addIssue('must be JSON with "question", "chosen" and "rejected"');
    return z.NEVER;
  }
});

export const rlhfV = defineFormat({
  name: 'RLHF-V',
  expected: '"text" as JSON with "question", "chosen" and "rejected", and "image"',
  fits: ({ text: held }) =>
    typeof held === 'string' && held.startsWith('{') && held.includes('"chosen"'),
  shape: { text: inText, ...sources },
  toContent: (row) => pairContent(row.text, row),
});
