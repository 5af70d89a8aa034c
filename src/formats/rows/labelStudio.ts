// Tasks and exports of Label Studio's ranking and pairwise templates.

import * as z from 'zod';
import { givenOf, toCandidate, toContent } from './answers';
import { mediaColumns, mediaOfColumns, optionalText } from './columns';
import { defineFormat, isRow } from './rowFormat';
import { text } from './text';

const item = z.looseObject({
  id: z.union([text, z.number()]).transform(String),
  body: text,
});
const data = z.looseObject({
  prompt: text,
  items: z.array(item).nullish(),
  answer1: optionalText,
  answer2: optionalText,
  ...mediaColumns,
});
const result = z.looseObject({ type: z.string().nullish(), value: z.unknown() });
/** A cancelled one says nothing: its task was skipped. */
const annotation = z
  .looseObject({ result: z.array(result).nullish(), was_cancelled: z.boolean().nullish() })
  .transform((held) => (held.was_cancelled === true ? [] : (held.result ?? [])));

interface Answer {
  readonly id: string;
  readonly text: string;
}

export const labelStudio = defineFormat({
  name: 'Label Studio',
  expected: '"data" with "prompt" and "items" (or "answer1", "answer2"), perhaps "annotations"',
  fits: ({ data: held }) =>
    isRow(held) && 'prompt' in held && ('items' in held || 'answer1' in held),
  shape: {
    data,
    annotations: z.array(annotation).nullish(),
    predictions: z.array(annotation).nullish(),
  },
  kept: ['annotations', 'predictions'],
  toContent({ data: held, annotations, predictions }) {
    const answers = answersOf(held);
    const found = [...(annotations ?? []), ...(predictions ?? [])]
      .flat()
      .map(({ value }) => ranksOf(value, answers))
      .find((ranks) => ranks !== undefined);
    const media = mediaOfColumns(held);
    return toContent({
      prompt: held.prompt,
      images: media.images.map(localPath),
      videos: media.videos.map(localPath),
      answers: answers.map((answer) => toCandidate(answer.text)),
      given: givenOf({ ranks: found }),
    });
  },
});

function answersOf({ items, answer1, answer2 }: z.infer<typeof data>): Answer[] {
  return items != null
    ? items.map(({ id, body }) => ({ id, text: body }))
    : [
        ['left', answer1],
        ['right', answer2],
      ].flatMap(([id, words]) => (id == null || words == null ? [] : [{ id, text: words }]));
}

const ranker = z.looseObject({
  ranker: z.record(z.string(), z.array(z.union([text, z.number()]))),
});
const pairwise = z.looseObject({ selected: z.enum(['left', 'right']) });

/** A list of ids, best first; the bucket "_" holds what was not sorted, if there are others. */
function ranksOf(value: unknown, answers: readonly Answer[]): number[][] | undefined {
  const choice = pairwise.safeParse(value);
  if (choice.success && answers.length === 2) {
    return choice.data.selected === 'left' ? [[0], [1]] : [[1], [0]];
  }
  const ranked = ranker.safeParse(value);
  if (!ranked.success) {
    return undefined;
  }
  const buckets = Object.entries(ranked.data.ranker);
  const sorted = buckets.length > 1 ? buckets.filter(([name]) => name !== '_') : buckets;
  const [only, ...others] = sorted;
  if (only === undefined || others.length > 0) {
    return undefined; // several buckets sort by topic, not by rank
  }
  return only[1]
    .map((id) => answers.findIndex((answer) => answer.id === String(id)))
    .flatMap((index) => (index < 0 ? [] : [[index]]));
}

/** Label Studio serves files of its storage as `/data/local-files/?d=path`. */
function localPath(name: string): string {
  const [, path] = /^\/data\/local-files\/\?d=(.+)$/.exec(name) ?? [];
  return path === undefined ? name : (decoded(path) ?? path);
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
