// Records of Argilla with answers in their fields (argilla/docs/how_to_guides/import_export.md).

import * as z from 'zod';
import { FIRST_WINS, givenOf, toCandidate, toContent } from './answers';
import { verdictIn } from './argillaVerdict';
import { mediaReference } from './mediaReference';
import { defineFormat, isRow, type Row, type RowContent, type RowFault } from './rowFormat';
import { text } from './text';
import { textOrTurns } from './turns';

const PROMPTS = ['prompt', 'instruction', 'question', 'query', 'chat'] as const;
const ANSWER =
  /^((reply|response|answer|completion|candidate|output|generation)[^.]*|chosen|rejected)$/i;

export const argilla = defineFormat({
  name: 'Argilla',
  expected: '"fields" with a prompt and answers ("reply-1", "response-2", …), perhaps "responses"',
  fits: ({ fields, ...row }) =>
    isRow(fields) && ['responses', 'suggestions', 'metadata', '_server_id'].some((k) => k in row),
  shape: {
    fields: z.record(z.string(), z.unknown()),
    responses: z.unknown().optional(),
    suggestions: z.unknown().optional(),
  },
  kept: ['responses', 'suggestions'],
  toContent: ({ fields, responses, suggestions }) => content(fields, responses, suggestions),
});

/** Fields and questions as columns: a question's are named after it. */
const RESPONSES = '.responses';
const SUGGESTION = '.suggestion';

/** What Argilla exports to the Hub. */
export const argillaColumns = defineFormat({
  name: 'Argilla (Hub export)',
  expected: 'a prompt, answers ("reply-1", "response-2", …), and "….responses" of questions',
  fits: (row) =>
    '_server_id' in row &&
    Object.keys(row).some((key) => key.endsWith(RESPONSES) || key.endsWith(SUGGESTION)) &&
    PROMPTS.some((key) => key in row) &&
    Object.keys(row).some((key) => ANSWER.test(key)),
  shape: { _server_id: z.unknown() },
  toContent: (_, row) => content(row, answersTo(row, RESPONSES), answersTo(row, SUGGESTION)),
});

/** As records have them: values with their status. */
function answersTo(row: Row, ending: string): unknown[] {
  return Object.entries(row)
    .filter(([key]) => key.endsWith(ending))
    .flatMap(([key, value]): unknown[] => {
      const statuses = row[`${key}.status`];
      const list: readonly unknown[] = Array.isArray(statuses) ? statuses : [];
      return ending === RESPONSES && Array.isArray(value)
        ? value.map((each: unknown, n) => ({ value: each, status: list[n] }))
        : [{ value }];
    });
}

function content(fields: Row, responses: unknown, suggestions: unknown): RowContent | RowFault {
  const names = Object.keys(fields).filter((name) => ANSWER.test(name) && fields[name] != null);
  const answers = z.array(text).safeParse(names.map((name) => fields[name]));
  const key = PROMPTS.find((name) => fields[name] != null);
  const prompt = textOrTurns.safeParse(key === undefined ? undefined : fields[key]);
  if (!answers.success || !prompt.success) {
    return { code: 'ROW_SHAPE', message: 'fields: need a prompt, and answers that are texts' };
  }
  const image = mediaReference.nullish().safeParse(fields.image);
  if (!image.success) {
    return { code: 'ROW_SHAPE', message: 'fields.image: not a picture' };
  }
  const byName = names.join() === 'chosen,rejected' ? FIRST_WINS : undefined;
  return toContent({
    prompt: prompt.data,
    images: image.data == null || image.data === '' ? [] : [image.data],
    videos: [],
    answers: answers.data.map((answer) => toCandidate(answer)),
    given: givenOf({
      ranks: verdictIn(responses, names) ?? verdictIn(suggestions, names) ?? byName,
    }),
  });
}
