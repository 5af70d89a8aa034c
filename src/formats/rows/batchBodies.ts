// Bodies of batch requests and of what servers answer: chats, completions, OpenAI's Responses API.

import * as z from 'zod';
import { optionalText } from './columns';
import { pick } from './pick';
import { isRow } from './rowFormat';
import { text } from './text';
import { systemTurns, textOrTurns, turn, turns, userTurn, type RawTurn } from './turns';

const chat = z.looseObject({ messages: turns }).transform((held) => held.messages);
const plain = z.looseObject({ prompt: text }).transform((held) => [userTurn(held.prompt)]);
const input = z
  .looseObject({ input: textOrTurns, instructions: optionalText })
  .transform((held) => [
    ...systemTurns(held.instructions),
    ...(typeof held.input === 'string' ? [userTurn(held.input)] : held.input),
  ]);
const body = pick<RawTurn[]>((value) =>
  isRow(value) && 'input' in value ? input : isRow(value) && 'prompt' in value ? plain : chat,
);
const line = z.looseObject({ body }).transform((held) => held.body);

/** What was asked: the body of a request, or a line of a batch input that holds it. */
export const request = pick<RawTurn[]>((value) =>
  isRow(value) && 'body' in value ? line : body,
).nullish();

interface Answers {
  /** without what is no text: refusals, calls of tools */
  readonly turns: readonly RawTurn[];
  readonly model?: string | null | undefined;
}

const nothing = z
  .looseObject({ message: z.looseObject({ content: z.null().optional() }) })
  .transform(() => []);
const said = z.looseObject({ message: turn }).transform((held) => [held.message]);
const continued = z
  .looseObject({ text })
  .transform((held): RawTurn[] => [{ role: 'assistant', pieces: [held.text] }]);
const choice = pick<RawTurn[]>((value) =>
  isRow(value) && isRow(value.message)
    ? value.message.content == null
      ? nothing
      : said
    : continued,
);
const choices = z
  .looseObject({ choices: z.array(choice), model: optionalText })
  .transform((held): Answers => ({ turns: held.choices.flat(), model: held.model }));

/** Reasoning and calls of tools stand beside the message. */
const item = pick<RawTurn[]>((value) =>
  isRow(value) && value.type === 'message'
    ? turn.transform((held) => [held])
    : z.unknown().transform(() => []),
);
const output = z
  .looseObject({ output: z.array(item), model: optionalText })
  .transform((held): Answers => ({ turns: held.output.flat(), model: held.model }));

/** What the server answered. */
export const answerBody = pick<Answers>((value) =>
  isRow(value) && Array.isArray(value.output) ? output : choices,
);
