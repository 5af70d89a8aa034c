// Records of Argilla with answers in their fields (argilla/docs/how_to_guides/import_export.md).

import * as z from 'zod';
import { givenOf, toCandidate, toContent } from './answers';
import { mediaReference } from './mediaReference';
import { defineFormat, isRow } from './rowFormat';
import { text } from './text';
import { textOrTurns } from './turns';

const PROMPTS = ['prompt', 'instruction', 'question', 'query', 'chat'] as const;
const ANSWER = /^(reply|response|answer|completion|candidate|output|generation)/i;

const ranking = z.array(z.looseObject({ value: text, rank: z.number().nullish() }));

export const argilla = defineFormat({
  name: 'Argilla',
  expected: '"fields" with a prompt and answers ("reply-1", "response-2", …), perhaps "responses"',
  fits: ({ fields, ...row }) =>
    isRow(fields) && ('responses' in row || 'suggestions' in row || 'metadata' in row),
  shape: {
    fields: z.record(z.string(), z.unknown()),
    responses: z.unknown(),
    suggestions: z.unknown(),
  },
  kept: ['responses', 'suggestions'],
  toContent({ fields, responses, suggestions }) {
    const names = Object.keys(fields).filter((name) => ANSWER.test(name));
    const answers = z.array(text).safeParse(names.map((name) => fields[name]));
    const key = PROMPTS.find((name) => name in fields);
    const prompt = textOrTurns.safeParse(key === undefined ? undefined : fields[key]);
    if (!answers.success || !prompt.success) {
      return { code: 'ROW_SHAPE', message: 'fields: need a prompt, and answers that are texts' };
    }
    const image = mediaReference.nullish().safeParse(fields.image);
    if (!image.success) {
      return { code: 'ROW_SHAPE', message: 'fields.image: not a picture' };
    }
    const places = rankingIn(responses) ?? rankingIn(suggestions);
    return toContent({
      prompt: prompt.data,
      images: image.data == null ? [] : [image.data],
      videos: [],
      answers: answers.data.map((answer) => toCandidate(answer)),
      given: givenOf({ ranks: places && ranksOf(places, names) }),
    });
  },
});

/** The first ranking among the answers to a record's questions, however deep it lies. */
function rankingIn(value: unknown, depth = 0): z.infer<typeof ranking> | undefined {
  const parsed = ranking.min(1).safeParse(value);
  if (parsed.success && parsed.data.every(({ rank }) => rank != null)) {
    return parsed.data;
  }
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) {
    return undefined;
  }
  for (const inner of Object.values(value)) {
    const found = rankingIn(inner, depth + 1);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** Responses are lists of users' values of questions. */
const MAX_DEPTH = 5;

function ranksOf(places: z.infer<typeof ranking>, names: readonly string[]): number[][] {
  const distinct = [...new Set(places.map(({ rank }) => rank ?? 0))].sort((a, b) => a - b);
  return distinct
    .map((place) =>
      places.flatMap(({ rank, value }) => {
        const index = names.indexOf(value);
        return rank === place && index >= 0 ? [index] : [];
      }),
    )
    .filter((group) => group.length > 0);
}
