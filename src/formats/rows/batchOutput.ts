// Lines of OpenAI's and vLLM's batch output, joined with the request that they answer.

import * as z from 'zod';
import { toCandidate, toContent } from './answers';
import { answerBody, request } from './batchBodies';
import { defineFormat, describeIssues, isRow, type Row, type RowFault } from './rowFormat';
import { plainText, turns } from './turns';

/** The output itself holds no prompt: it must be joined with the input file by `custom_id`. */
export const batchOutput = defineFormat({
  name: 'batch output (OpenAI, vLLM)',
  expected: '"response" with "body.choices", joined with the request\'s "body" or "messages"',
  fits: ({ custom_id: id, response, error, ...row }) =>
    id !== undefined &&
    (isRow(response)
      ? 'body' in response || 'choices' in response || 'status_code' in response
      : isRow(error) && response === undefined && !('prompt' in row)),
  idKey: 'custom_id',
  shape: {
    custom_id: z.unknown(),
    response: z.unknown().optional(),
    error: z.unknown().optional(),
    body: request,
    request,
    messages: turns.nullish(),
  },
  kept: ['error'],
  toContent({ response, error, body: sent, request: asked, messages }) {
    const held: Row = isRow(response) ? response : {};
    const fault = serverFault(held, error);
    if (fault !== undefined) {
      return fault;
    }
    const body = answerBody.safeParse(held.body ?? held);
    if (!body.success) {
      return { code: 'ROW_SHAPE', message: `response.body: ${describeIssues(body.error)}` };
    }
    const prompt = messages ?? sent ?? asked;
    if (prompt == null) {
      return {
        code: 'ROW_SHAPE',
        message:
          'holds answers without their prompt: put the batch input beside it, a .jsonl file ' +
          'of rows with "custom_id" and "body"; none there has this "custom_id"',
      };
    }
    const texts = body.data.turns.map(plainText);
    return texts.every((words) => words !== undefined)
      ? toContent({
          prompt,
          images: [],
          videos: [],
          answers: texts.map((words) => toCandidate(words, body.data.model)),
        })
      : { code: 'MEDIA_UNSUPPORTED', message: 'an answer holds media: only texts are scored' };
  },
});

/** What the server says when it did not answer: in `error`, or as the body of a bad status. */
function serverFault(response: Row, error: unknown): RowFault | undefined {
  const status = Number(response.status_code ?? 200);
  if (error == null && status < 400 && response.body !== null) {
    return undefined;
  }
  const words = messageIn(error) ?? messageIn(response.body) ?? 'no answer';
  const which = status < 400 ? '' : ` with status ${status}`;
  return { code: 'NO_CANDIDATES', message: `the server answered${which}: ${words}` };
}

/** `{message}`, `{error: {message}}`, or the text itself. */
function messageIn(value: unknown): string | undefined {
  const held = isRow(value) ? (isRow(value.error) ? value.error : value) : { message: value };
  const { message, code }: Row = held;
  const words = typeof message === 'string' && message !== '' ? message : code;
  return typeof words === 'string' ? words.slice(0, MAX_MESSAGE_CHARS).toWellFormed() : undefined;
}

const MAX_MESSAGE_CHARS = 500;
