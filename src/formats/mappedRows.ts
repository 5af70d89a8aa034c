// Rows read by the columns that a person named.

import * as z from 'zod';
import type { Candidate } from '../sample/sample';
import { valueAt } from './columnPath';
import { mappingToJson, type ColumnMapping } from './columnMapping';
import { answerOf, FIRST_WINS, sharedPrompt, splitAnswer, toContent } from './rows/answers';
import { MEDIA_TAGS } from './rows/mediaLayout';
import { mediaColumn, videoColumn } from './rows/mediaReference';
import {
  describeIssues,
  isFault,
  rowOptions,
  toOptions,
  type Row,
  type RowContent,
  type RowFault,
  type RowFormat,
} from './rows/rowFormat';
import { text } from './rows/text';
import { textOrTurns, type RawTurn } from './rows/turns';

/** A format that reads every row, whatever else it holds. */
export function mappedFormat(mapping: ColumnMapping): RowFormat {
  const { images, videos, candidates, sources, id, ...single } = mapping;
  const named = [...images, ...videos, ...candidates, ...sources, id, ...Object.values(single)];
  return {
    name: 'mapping of columns',
    expected: Object.entries(mappingToJson(mapping))
      .map(([part, value]) => `${part} in ${JSON.stringify(value)}`)
      .join(', '),
    fits: () => true,
    read(row) {
      try {
        return readRow(row, mapping);
      } catch (error) {
        if (error instanceof Unreadable) {
          return error.fault;
        }
        throw error;
      }
    },
    keys: new Set([
      ...named.filter((name) => name !== undefined),
      ...Object.keys(rowOptions.shape),
    ]),
    ...(id === undefined ? {} : { idKey: id }),
  };
}

class Unreadable extends Error {
  constructor(readonly fault: RowFault) {
    super(fault.message);
  }
}

function must<T extends object>(value: T | RowFault): T {
  if (isFault(value)) {
    throw new Unreadable(value);
  }
  return value;
}

function fail(message: string): never {
  throw new Unreadable({ code: 'ROW_SHAPE', message });
}

/** The value of a column. @throws Unreadable naming it */
function cell<T>(row: Row, name: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(valueAt(row, name));
  return parsed.success
    ? parsed.data
    : fail(`column ${JSON.stringify(name)}: ${describeIssues(parsed.error).replace(/^row: /, '')}`);
}

function readRow(row: Row, mapping: ColumnMapping): RowContent | RowFault {
  const options = rowOptions.safeParse(row);
  const media = (names: readonly string[], schema: z.ZodType<string[]>): string[] =>
    names.flatMap((name) => cell(row, name, schema));
  const content = toContent({
    ...readAnswers(row, mapping),
    images: media(mapping.images, mediaColumn),
    videos: media(mapping.videos, videoColumn),
    tags: MEDIA_TAGS,
  });
  // columns of these names may mean something else here
  return isFault(content) || !options.success
    ? content
    : { ...toOptions(options.data), ...content };
}

type Answered = Pick<Parameters<typeof toContent>[0], 'prompt' | 'answers' | 'given'>;

function readAnswers(row: Row, mapping: ColumnMapping): Answered {
  const { prompt, messages, candidates, chosen, rejected } = mapping;
  const question = prompt ?? messages;
  const asked = question === undefined ? undefined : cell(row, question, textOrTurns);
  if (chosen !== undefined && rejected !== undefined) {
    return readPair(row, mapping, asked, [chosen, rejected]);
  }
  if (asked === undefined) {
    return fail('has no prompt');
  }
  const turns = typeof asked === 'string' ? undefined : asked;
  if (candidates.length === 0) {
    const { prompt: before, answer: only } = must(splitAnswer(turns ?? []));
    return { prompt: before, answers: withSources(row, mapping, [[{ text: only }]]) };
  }
  if (turns?.at(-1)?.role === 'assistant') {
    return fail(
      `column ${JSON.stringify(question)}: must end with the turn that the candidates answer`,
    );
  }
  const answers = candidates.map((name) => cell(row, name, answerCell));
  return { prompt: asked, answers: withSources(row, mapping, answers) };
}

/** Answers alone, or whole conversations where there is no column for the prompt. */
function readPair(
  row: Row,
  mapping: ColumnMapping,
  prompt: string | readonly RawTurn[] | undefined,
  names: readonly [chosen: string, rejected: string],
): Answered {
  const [better, worse] = names.map((name) => cell(row, name, textOrTurns));
  if (better === undefined || worse === undefined) {
    return fail('has no pair');
  }
  const given = { ranks: FIRST_WINS };
  const answers = (...texts: readonly string[]): Candidate[] =>
    withSources(
      row,
      mapping,
      texts.map((words) => [{ text: words }]),
    );
  if (prompt === undefined) {
    if (typeof better === 'string' || typeof worse === 'string') {
      return fail('has no prompt: neither apart nor inside the answers');
    }
    const pair = must(sharedPrompt(better, worse));
    return { prompt: pair.prompt, answers: answers(pair.chosen, pair.rejected), given };
  }
  const [first, second] = [answerOf(better), answerOf(worse)];
  return first === undefined || second === undefined
    ? fail(`columns ${JSON.stringify(names)}: must be one answer each: the prompt stands apart`)
    : { prompt, answers: answers(first, second), given };
}

const answer = z.union([
  text.transform((words): Candidate => ({ text: words })),
  z
    .looseObject({ text, source: text.nullish() })
    .transform(({ text: words, source }): Candidate => {
      return source == null || source === '' ? { text: words } : { text: words, source };
    }),
  z
    .looseObject({ role: z.literal('assistant'), content: text })
    .transform(({ content }): Candidate => ({ text: content })),
]);
/** Nothing, one answer, or a list. */
const answerCell = z
  .union(
    [answer.transform((one) => [one]), z.array(answer)],
    'expected a text, or a list of texts or of objects with "text"',
  )
  .nullish()
  .transform((list) => list ?? []);
const sourceCell = z.union([text, z.array(text.nullable())], 'expected a text or a list').nullish();
type Source = z.infer<typeof sourceCell>;

/**
 * Names who wrote the answers.
 * @param answers by column
 * @throws Unreadable when a list of names is longer or shorter than what it names
 */
function withSources(
  row: Row,
  { sources }: ColumnMapping,
  answers: readonly (readonly Candidate[])[],
): Candidate[] {
  const named = sources.map((name) => cell(row, name, sourceCell));
  const [one] = named;
  // one list for several columns has a name for each of them
  const byColumn: readonly Source[] =
    named.length === 1 && answers.length > 1 && Array.isArray(one)
      ? requireLength(one, answers.length, sources)
      : answers.map((_, n) => (named.length > 1 ? named[n] : one));
  return answers.flatMap((list, n) => {
    const source = byColumn[n];
    const names = Array.isArray(source)
      ? requireLength(source, list.length, sources)
      : list.map(() => source);
    return list.map((each, at) => {
      const name = names[at];
      return name == null || name === '' ? each : { ...each, source: name };
    });
  });
}

function requireLength<T>(
  list: readonly T[],
  length: number,
  names: readonly string[],
): readonly T[] {
  return list.length === length
    ? list
    : fail(`columns ${JSON.stringify(names)}: ${list.length} sources for ${length} answers`);
}
