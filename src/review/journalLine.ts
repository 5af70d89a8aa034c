// One line of a verdict journal.

import * as z from 'zod';
import type { JournalEntry } from '../sample/verdict';

const index = z.int().nonnegative();
const head = {
  v: z.literal(1),
  uid: z.string().min(1),
  at: z.string(),
  by: z.string(),
  id: z.string(),
  line: z.int().positive(),
  sampleHash: z.string(),
};

const entrySchema = z.discriminatedUnion('kind', [
  z.looseObject({
    ...head,
    kind: z.literal('rank'),
    ranks: z.array(z.array(index)),
    unranked: z.array(index),
    accepted: z.boolean(),
    blind: z.boolean(),
    shown: z.array(index),
    ms: z.number(),
    filteredBy: z.array(z.string()).optional(),
  }),
  z.looseObject({ ...head, kind: z.literal('allBad') }),
  z.looseObject({ ...head, kind: z.literal('skip') }),
  z.looseObject({ ...head, kind: z.literal('flag'), on: z.boolean() }),
  z.looseObject({ ...head, kind: z.literal('note'), text: z.string() }),
  z.looseObject({ ...head, kind: z.literal('edit'), candidate: index, text: z.string() }),
  z.looseObject({ ...head, kind: z.literal('add'), text: z.string(), source: z.string() }),
  z.looseObject({ ...head, kind: z.literal('undo'), of: z.string() }),
]);

/** @returns what is wrong, as text, for a line that is not an entry */
export function parseJournalLine(text: string): JournalEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  const parsed = entrySchema.safeParse(value);
  return parsed.success ? parsed.data : z.prettifyError(parsed.error);
}

/** Newline included. */
export function formatJournalLine(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}
