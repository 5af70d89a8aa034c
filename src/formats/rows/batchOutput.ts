// Lines of OpenAI's and vLLM's batch output, joined with the request that they answer.

import * as z from 'zod';
import { toCandidate, toContent } from './answers';
import { optionalText } from './columns';
import { defineFormat, isRow } from './rowFormat';
import { plainText, turn, turns } from './turns';

const choice = z.looseObject({ message: turn });
const body = z.looseObject({ choices: z.array(choice), model: optionalText });
const request = z.looseObject({ messages: turns });

/** The output itself holds no prompt: it must be joined with the input file by `custom_id`. */
export const batchOutput = defineFormat({
  name: 'batch output (OpenAI, vLLM)',
  expected: '"response" with "body.choices", joined with the request\'s "body" or "messages"',
  fits: ({ custom_id: id, response }) =>
    id !== undefined && isRow(response) && ('body' in response || 'choices' in response),
  shape: {
    custom_id: z.unknown(),
    response: z.union([z.looseObject({ body }).transform((held) => held.body), body]),
    body: request.nullish(),
    request: z
      .union([z.looseObject({ body: request }).transform((held) => held.body), request])
      .nullish(),
    messages: turns.nullish(),
  },
  toContent({ response, body: sent, request: asked, messages }) {
    const prompt = messages ?? sent?.messages ?? asked?.messages;
    if (prompt === undefined) {
      return {
        code: 'ROW_SHAPE',
        message: 'holds answers without their prompt: join it with the batch input by "custom_id"',
      };
    }
    const texts = response.choices.map((each) => plainText(each.message));
    return texts.every((words) => words !== undefined)
      ? toContent({
          prompt,
          images: [],
          videos: [],
          answers: texts.map((words) => toCandidate(words, response.model)),
        })
      : { code: 'MEDIA_UNSUPPORTED', message: 'an answer holds media: only texts are scored' };
  },
});
