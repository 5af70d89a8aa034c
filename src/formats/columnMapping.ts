// Which columns of a dataset hold what, as a person named them: for rows that no known format recognises.

import * as z from 'zod';

const MAX_COLUMNS = 64;
const column = z.string().min(1);
const columns = z
  .union([column.transform((name) => [name]), z.array(column).max(MAX_COLUMNS)])
  .default([]);

const PARTS = z.strictObject({
  /** a text, or messages that end with the user's turn */
  prompt: column.optional(),
  /** a conversation; without answers elsewhere its last turn is the one answer */
  messages: column.optional(),
  /** paths, `data:` URLs, base64, structs with bytes; one or a list */
  images: columns,
  videos: columns,
  /** one column with a list, or several with a text each; those without a value are left out */
  candidates: columns,
  chosen: column.optional(),
  rejected: column.optional(),
  /** who wrote the answers: for each of their columns one, or one for all of them */
  sources: columns,
  id: column.optional(),
});

/** Which columns hold what; `a.b` names a column inside a column, see `valueAt`. */
export type ColumnMapping = z.infer<typeof PARTS>;

/** Why rows can't be read by a mapping. */
export type MappingFault =
  'twoPrompts' | 'halfPair' | 'twoKinds' | 'noPrompt' | 'noAnswers' | 'sources';

const FAULTS: Readonly<Record<MappingFault, string>> = {
  twoPrompts: 'names both "prompt" and "messages": one of them holds the question',
  halfPair: 'names one of "chosen" and "rejected": a pair needs both',
  twoKinds: 'names "candidates" and a pair: the answers stand in one of them',
  noPrompt: 'names neither "prompt" nor "messages"',
  noAnswers: 'names no answers: "candidates", or "chosen" and "rejected"',
  sources: 'names neither one column of "sources" nor as many as there are of answers',
};

/** What is wrong with a mapping, or missing in it; `undefined` when rows can be read. */
export function mappingFault(mapping: ColumnMapping): MappingFault | undefined {
  const { prompt, messages, candidates, chosen, rejected, sources } = mapping;
  const isPair = chosen !== undefined && rejected !== undefined;
  if (prompt !== undefined && messages !== undefined) {
    return 'twoPrompts';
  }
  if ((chosen === undefined) !== (rejected === undefined)) {
    return 'halfPair';
  }
  if (isPair && candidates.length > 0) {
    return 'twoKinds';
  }
  if (prompt === undefined && messages === undefined && !isPair) {
    return 'noPrompt';
  }
  if (messages === undefined && !isPair && candidates.length === 0) {
    return 'noAnswers';
  }
  const answers = isPair ? 2 : candidates.length;
  return sources.length > 1 && sources.length !== answers ? 'sources' : undefined;
}

/** The JSON form: lists of one column may be its name alone, what is not there is left out. */
export const columnMappingSchema = PARTS.check(({ value, issues }) => {
  const fault = mappingFault(value);
  if (fault !== undefined) {
    issues.push({ code: 'custom', message: FAULTS[fault], input: value });
  }
});

const SINGLE = ['prompt', 'messages', 'chosen', 'rejected', 'id'] as const;
const SEVERAL = ['images', 'videos', 'candidates', 'sources'] as const;
export type SinglePart = (typeof SINGLE)[number];
export type SeveralPart = (typeof SEVERAL)[number];
export type MappingPart = SinglePart | SeveralPart;

export function isSinglePart(part: MappingPart): part is SinglePart {
  return SINGLE.some((name) => name === part);
}

/** The columns of a part. */
export function columnsOfPart(mapping: ColumnMapping, part: MappingPart): readonly string[] {
  const found = mapping[part];
  return found === undefined ? [] : typeof found === 'string' ? [found] : found;
}

/** Parts that say the same in another way: naming one empties the others. */
const EITHER: Readonly<Partial<Record<MappingPart, readonly MappingPart[]>>> = {
  prompt: ['messages'],
  messages: ['prompt'],
  candidates: ['chosen', 'rejected'],
  chosen: ['candidates'],
  rejected: ['candidates'],
};

/** A mapping with other columns for a part; of a single one the first counts. */
export function withPart(
  mapping: ColumnMapping,
  part: MappingPart,
  names: readonly string[],
): ColumnMapping {
  const emptied = names.length === 0 ? [] : (EITHER[part] ?? []);
  const kept = Object.fromEntries(
    [...SINGLE, ...SEVERAL]
      .filter((each) => each !== part && !emptied.includes(each))
      .map((each) => [each, columnsOfPart(mapping, each)] as const)
      .concat([[part, names]]),
  ) as Readonly<Partial<Record<MappingPart, readonly string[]>>>;
  const single = SINGLE.flatMap((each) => {
    const [name] = kept[each] ?? [];
    return name === undefined ? [] : [[each, name] as const];
  });
  const several = (each: SeveralPart): string[] => [...(kept[each] ?? [])];
  return {
    ...Object.fromEntries(single),
    images: several('images'),
    videos: several('videos'),
    candidates: several('candidates'),
    sources: several('sources'),
  };
}

/** A mapping as JSON has it, shortest form. */
export function mappingToJson(mapping: ColumnMapping): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([part, value]) =>
      value.length === 0
        ? []
        : [[part, Array.isArray(value) && value.length === 1 ? value[0] : value]],
    ),
  );
}
