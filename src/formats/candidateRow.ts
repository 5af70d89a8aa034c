// One line of a candidate file: JSON to a sample.

import * as z from 'zod';
import type { EncodedError, ErrorCode } from '../base/errors';
import type { Compat } from '../sample/reward';
import { ROLES, type Candidate, type Sample, type Turn } from '../sample/sample';

/** A row that could be read, or what is wrong with it. */
export type RowResult =
  | { readonly ok: true; readonly sample: Sample }
  | {
      readonly ok: false;
      readonly line: number;
      readonly id: string;
      /** as many as the row shows, for outputs that align with candidates */
      readonly candidates: number;
      readonly error: EncodedError;
    };

// half of a surrogate pair ("\ud83d" alone) is JSON, but no text: no tokenizer and no UTF-8 has it
const text = z
  .string()
  .refine((value) => value.isWellFormed(), 'holds half of a character (an unpaired surrogate)');
const turnSchema = z.looseObject({ role: z.enum(ROLES), content: text });
const candidateSchema = z.union([text, z.looseObject({ text, source: text.nullish() })]);
const optionalCount = z.int().positive().nullish();

const rowSchema = z.looseObject({
  id: z.union([text, z.number()]).nullish(),
  prompt: text.nullish(),
  messages: z.array(turnSchema).nullish(),
  images: z.array(text).nullish(),
  videos: z.array(text).nullish(),
  candidates: z.array(candidateSchema).nullish(),
  domain: text.nullish(),
  hd_num: optionalCount,
  max_length: optionalCount,
});

type Row = z.infer<typeof rowSchema>;

/**
 * Reads one row. `prompt` or `messages`; `candidates`, or messages that end with an assistant
 * turn, which then is the one candidate. In reference mode any conversation without candidates is
 * scored as it is, whatever its last role.
 * @param line from 1, for messages and for the id of rows without one
 */
export function parseCandidateRow(json: string, line: number, compat: Compat): RowResult {
  let id = `line-${line}`;
  let candidates = 0;
  const fail = (code: ErrorCode, message: string): RowResult => ({
    ok: false,
    line,
    id,
    candidates,
    error: { code, message, data: { line } },
  });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return fail('ROW_NOT_JSON', `not JSON: ${(error as Error).message}`);
  }
  ({ id, candidates } = glance(value, json, id));
  const parsed = rowSchema.safeParse(value);
  if (!parsed.success) {
    return fail('ROW_SHAPE', describeIssues(parsed.error));
  }
  const row = parsed.data;
  const conversation = toConversation(row, compat);
  if ('code' in conversation) {
    return fail(conversation.code, conversation.message);
  }
  return {
    ok: true,
    sample: {
      id,
      line,
      ...conversation,
      images: row.images ?? [],
      videos: row.videos ?? [],
      ...(row.domain == null ? {} : { domain: row.domain }),
      ...(row.hd_num == null ? {} : { hdNum: row.hd_num }),
      ...(row.max_length == null ? {} : { maxLength: row.max_length }),
    },
  };
}

/** Takes what can be had of a row that may be wrong: its id and how many candidates it shows. */
function glance(
  value: unknown,
  json: string,
  fallback: string,
): { id: string; candidates: number } {
  const row = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const { id, candidates } = row;
  const named = typeof id === 'number' ? numberAsWritten(id, json) : id;
  return {
    id: typeof named === 'string' && named !== '' ? named.toWellFormed() : fallback,
    candidates: Array.isArray(candidates) ? candidates.length : 0,
  };
}

/** A number too large to be exact is an id all the same: it keeps its digits. */
function numberAsWritten(id: number, json: string): string {
  if (Math.abs(id) <= Number.MAX_SAFE_INTEGER) {
    return String(id);
  }
  // by the object that holds it: what is inside the row may have ids, too
  const written = new Map<unknown, string>();
  const note = function (this: unknown, key: string, value: unknown, found?: Source): unknown {
    if (key === 'id' && found?.source !== undefined) {
      written.set(this, found.source);
    }
    return value;
  };
  const row: unknown = JSON.parse(json, note);
  return written.get(row) ?? String(id);
}

/** What engines tell a reviver (ECMAScript proposal "JSON.parse source text access", shipped). */
interface Source {
  readonly source?: string;
}

type Conversation = Pick<Sample, 'messages' | 'candidates' | 'candidateRole'>;
type Fault = { readonly code: ErrorCode; readonly message: string };

function toConversation(row: Row, compat: Compat): Conversation | Fault {
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

function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.length === 0 ? 'row' : path.join('.')}: ${message}`)
    .join('; ');
}
