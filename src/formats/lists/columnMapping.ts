// Rows with columns of any name, as an entry of LLaMA-Factory's dataset_info.json maps them (data/README.md
// there), into rows of its own layouts, which are read as ever.

import * as z from 'zod';
import { isRow, type Row } from '../rows/rowFormat';

const names = z.record(z.string(), z.string().nullable());

export const mappingSchema = z.looseObject({
  formatting: z.enum(['alpaca', 'sharegpt', 'openai']).default('alpaca'),
  ranking: z.boolean().default(false),
  columns: names.optional(),
  tags: names.optional(),
});
type Entry = z.infer<typeof mappingSchema>;

/** Gives a row the names that its layout has. */
export type RowMapping = (row: Row) => Row;

/** Columns of conversations, where an entry names tags alone. */
const DEFAULT_COLUMNS: Readonly<Record<string, string>> = {
  messages: 'conversations',
  ...{ system: 'system', chosen: 'chosen', rejected: 'rejected' },
  ...{ images: 'images', videos: 'videos' },
};
const DEFAULT_TAGS = {
  sharegpt: {
    role_tag: 'from',
    content_tag: 'value',
    user_tag: 'human',
    assistant_tag: 'gpt',
    system_tag: 'system',
  },
  openai: {
    role_tag: 'role',
    content_tag: 'content',
    user_tag: 'user',
    assistant_tag: 'assistant',
    system_tag: 'system',
  },
};
/** Of the row itself, whatever its columns are called. */
const OWN_KEYS = ['id', 'ID', 'idx', 'question_id', 'domain', 'hd_num', 'max_length'] as const;

/** @returns `undefined` when the entry names no columns or tags: the row tells by itself */
export function toMapping(entry: Entry): RowMapping | undefined {
  if (entry.columns === undefined && entry.tags === undefined) {
    return undefined;
  }
  const columns: Readonly<Record<string, string | null>> = entry.columns ?? DEFAULT_COLUMNS;
  const read = entry.formatting === 'alpaca' ? alpacaRow : conversationRow;
  return (row) => {
    // what the entry does not name is not used: LLaMA-Factory does not either
    const column = (name: string): unknown => {
      const own = columns[name];
      return own == null ? undefined : row[own];
    };
    const kept = OWN_KEYS.map((key) => [key, row[key]] as const);
    return known({ ...Object.fromEntries(kept), ...read(column, entry) });
  };
}

type Column = (name: string) => unknown;

function alpacaRow(column: Column, { ranking }: Entry): Row {
  const question = {
    instruction: column('prompt'),
    input: column('query'),
    system: column('system'),
    history: column('history'),
    ...media(column),
  };
  if (ranking) {
    return { ...question, chosen: column('chosen'), rejected: column('rejected') };
  }
  const label = column('kto_tag');
  return label === undefined
    ? { ...question, output: column('response') }
    : { messages: alpacaTurns(column), label, ...media(column) };
}

function alpacaTurns(column: Column): unknown[] {
  const [system, history] = [column('system'), column('history')];
  const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const rounds = Array.isArray(history) ? history.filter(Array.isArray) : [];
  return [
    ...(isText(system) ? [{ role: 'system', content: system }] : []),
    ...rounds.flatMap(([question, answer]: unknown[]) => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]),
    {
      role: 'user',
      content: [column('prompt'), column('query')].filter(isText).join('\n'),
    },
    { role: 'assistant', content: column('response') },
  ];
}

function conversationRow(column: Column, { formatting, ranking, tags = {} }: Entry): Row {
  const defaults = DEFAULT_TAGS[formatting === 'openai' ? 'openai' : 'sharegpt'];
  const tag = (name: keyof typeof defaults): string => tags[name] ?? defaults[name];
  const roles: Readonly<Record<string, string>> = {
    [tag('user_tag')]: 'user',
    [tag('assistant_tag')]: 'assistant',
    [tag('system_tag')]: 'system',
  };
  const turn = (value: unknown): unknown => {
    if (!isRow(value)) {
      return value;
    }
    const role = value[tag('role_tag')];
    const known = typeof role === 'string' && Object.hasOwn(roles, role) ? roles[role] : role;
    return { role: known, content: value[tag('content_tag')] };
  };
  const messages = column('messages');
  const turns: unknown = Array.isArray(messages) ? messages.map(turn) : messages;
  const talk = { conversations: turns, system: column('system'), ...media(column) };
  if (ranking) {
    return { ...talk, chosen: turn(column('chosen')), rejected: turn(column('rejected')) };
  }
  const label = column('kto_tag');
  return label === undefined ? talk : { messages: turns, label, ...media(column) };
}

function media(column: Column): Row {
  return { images: column('images'), videos: column('videos') };
}

function known(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value != null));
}
