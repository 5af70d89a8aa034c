// Messages in all their spellings: roles, keys, content as text or in parts.

import * as z from 'zod';
import type { Role } from '../../sample/sample';
import { mediaReference, videoReference } from './mediaReference';
import { pick } from './pick';
import { isRow } from './rowFormat';
import { text } from './text';

/** A place for a medium in a text. */
export interface MediaSlot {
  readonly kind: 'image' | 'video';
  /** the medium, where the content names it; otherwise the next of the row */
  readonly name?: string;
}

/** A message whose media still stand in its text. */
export interface RawTurn {
  readonly role: Role;
  readonly pieces: readonly (string | MediaSlot)[];
}

const ROLE_OF: Readonly<Record<string, Role>> = {
  system: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  bot: 'assistant',
  model: 'assistant',
  llm: 'assistant',
  chatgpt: 'assistant',
  llava: 'assistant',
};

const role = z.string().transform((name, context): Role => {
  const known = Object.hasOwn(ROLE_OF, name.toLowerCase())
    ? ROLE_OF[name.toLowerCase()]
    : undefined;
  if (known === undefined) {
    context.addIssue(`the role ${JSON.stringify(name.slice(0, 40))} is not one of a conversation`);
    return z.NEVER;
  }
  return known;
});

/** The latter two in OpenAI's Responses API. */
const TEXT_TYPES: readonly string[] = ['text', 'input_text', 'output_text'];

const part = z.looseObject({ type: z.string() }).transform((found, context): string | MediaSlot => {
  const { type } = found;
  if (TEXT_TYPES.includes(type)) {
    const words = text.safeParse(found.text ?? found.value);
    if (words.success) {
      return words.data;
    }
  }
  const [, kind] = /^(?:input_)?(image|video)/.exec(type) ?? [];
  if (kind === 'image' || kind === 'video') {
    const value =
      found[type] ??
      found[kind] ??
      found[`${kind}_url`] ??
      found.value ??
      found.url ??
      found.source;
    if (value == null) {
      return { kind };
    }
    const reference = kind === 'video' ? videoReference : mediaReference;
    const name = reference.safeParse(fromSource(value));
    if (name.success) {
      return name.data === '' ? { kind } : { kind, name: name.data };
    }
  }
  context.addIssue(`a part of type ${JSON.stringify(type.slice(0, 40))} that is not read`);
  return z.NEVER;
});

/** Anthropic's blocks hold `{type: 'base64', data}` or `{type: 'url', url}`. */
function fromSource(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'data' in value ? value.data : value;
}

const pieces = z.array(
  pick<string | MediaSlot>((value) => (typeof value === 'string' ? text : part)),
);
const textPieces = text.transform((words) => [words]);
const content = pick<(string | MediaSlot)[]>((value) =>
  Array.isArray(value) ? pieces : textPieces,
);

const openAiTurn = z
  .looseObject({ role, content })
  .transform((turn): RawTurn => ({ role: turn.role, pieces: turn.content }));
const shareGptTurn = z
  .looseObject({ from: role, value: text })
  .transform((turn): RawTurn => ({ role: turn.from, pieces: [turn.value] }));

/** `{role, content}` or `{from, value}`; keys of the other one may be there without a value. */
export const turn = pick<RawTurn>((value) =>
  isRow(value) && value.from != null ? shareGptTurn : openAiTurn,
);
export const turns = z.array(turn);

/** A text, or messages: what many columns may hold. */
export const textOrTurns = pick<string | RawTurn[]>((value) =>
  typeof value === 'string' ? text : turns,
);

export function userTurn(words: string): RawTurn {
  return { role: 'user', pieces: [words] };
}

/** The instructions before a conversation, where there are any. */
export function systemTurns(words: string | null | undefined): RawTurn[] {
  return words == null || words === '' ? [] : [{ role: 'system', pieces: [words] }];
}

/** @returns `undefined` for a message that holds media */
export function plainText({ pieces }: RawTurn): string | undefined {
  return pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : undefined;
}
