// One row of a candidate file: JSON to a sample.

import * as z from 'zod';
import { frameListName } from '../sample/frameList';
import type { Compat } from '../sample/reward';
import { ROLES, type Candidate, type Sample, type Turn } from '../sample/sample';
import { describeIssues, isFault, rowOptions, toOptions, type RowFault } from './rows/rowFormat';
import { text } from './rows/text';

const turnSchema = z.looseObject({ role: z.enum(ROLES), content: text });
const candidateSchema = z.union([text, z.looseObject({ text, source: text.nullish() })]);

/** Without the empty ones, with which columns of some writers are filled. */
const media = (name: z.ZodType<string>) =>
  z
    .array(name.nullish())
    .nullish()
    .transform(
      (names) => names?.flatMap((each) => (each == null || each === '' ? [] : each)) ?? [],
    );

const rowSchema = z.looseObject({
  id: z.union([text, z.number()]).nullish(),
  prompt: text.nullish(),
  messages: z.array(turnSchema).nullish(),
  images: media(text),
  videos: media(z.union([text, z.array(text).min(1).transform(frameListName)])),
  candidates: z.array(candidateSchema).nullish(),
  ...rowOptions.shape,
  domain: text.nullish(),
});

type Row = z.infer<typeof rowSchema>;

/**
 * Reads one row. `prompt` or `messages`; `candidates`, or messages that end with an assistant
 * turn, which then is the one candidate. In reference mode any conversation without candidates is
 * scored as it is, whatever its last role.
 */
export function readCandidateRow(value: unknown, compat: Compat): CandidateContent | RowFault {
  const parsed = rowSchema.safeParse(value);
  if (!parsed.success) {
    return { code: 'ROW_SHAPE', message: describeIssues(parsed.error) };
  }
  const row = parsed.data;
  const conversation = toConversation(row, compat);
  if (isFault(conversation)) {
    return conversation;
  }
  return {
    ...conversation,
    images: row.images,
    videos: row.videos,
    ...toOptions(row),
  };
}

export type CandidateContent = Omit<Sample, 'id' | 'line' | 'given'>;

type Conversation = Pick<Sample, 'messages' | 'candidates' | 'candidateRole'>;

function toConversation(row: Row, compat: Compat): Conversation | RowFault {
  if (row.prompt != null && row.messages != null) {
    return { code: 'ROW_SHAPE', message: 'has both "prompt" and "messages": give one of them' };
  }
  const messages: readonly Turn[] =
    row.messages?.map(({ role, content }) => ({ role, content })) ??
    (row.prompt == null ? [] : [{ role: 'user', content: row.prompt }]);
  const last = messages.at(-1);
  if (last === undefined) {
    return { code: 'ROW_SHAPE', message: 'needs "prompt" or "messages"' };
  }
  if (row.candidates == null) {
    return last.role === 'assistant' || compat === 'reference'
      ? {
          messages: messages.slice(0, -1),
          candidateRole: last.role,
          candidates: [{ text: last.content }],
        }
      : {
          code: 'NO_CANDIDATES',
          message: 'has no "candidates", and its last turn is not an answer',
        };
  }
  if (row.candidates.length === 0) {
    return { code: 'NO_CANDIDATES', message: '"candidates" is empty' };
  }
  if (last.role === 'assistant') {
    return {
      code: 'ROW_SHAPE',
      message: '"messages" must end with the turn that the candidates answer, not with an answer',
    };
  }
  return { messages, candidateRole: 'assistant', candidates: row.candidates.map(toCandidate) };
}

function toCandidate(value: z.infer<typeof candidateSchema>): Candidate {
  if (typeof value === 'string') {
    return { text: value };
  }
  return { text: value.text, ...(value.source == null ? {} : { source: value.source }) };
}
