// A row of an imported copy: what a reader gave, as a line of JSON.

import * as z from 'zod';
import { ERROR_CODES } from '../base/errors';
import type { RowResult } from '../formats/datasetRow';
import { ROLES } from '../sample/sample';

const index = z.int().nonnegative();
const texts = z.array(z.string());

const sampleSchema = z.object({
  id: z.string(),
  line: z.int().positive(),
  messages: z.array(z.object({ role: z.enum(ROLES), content: z.string() })),
  candidateRole: z.enum(ROLES),
  images: texts,
  videos: texts,
  candidates: z.array(z.object({ text: z.string(), source: z.string().exactOptional() })),
  domain: z.string().exactOptional(),
  hdNum: z.number().exactOptional(),
  maxLength: z.number().exactOptional(),
  given: z
    .object({
      ranks: z.array(z.array(index)).exactOptional(),
      scores: z.array(z.number().nullable()).exactOptional(),
      labels: z.array(z.boolean()).exactOptional(),
      margin: z.number().exactOptional(),
    })
    .exactOptional(),
});

const rowSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    sample: sampleSchema,
    origin: z
      .object({ format: z.string(), rest: z.record(z.string(), z.unknown()) })
      .exactOptional(),
  }),
  z.object({
    ok: z.literal(false),
    line: z.int().positive(),
    id: z.string(),
    candidates: index,
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
    }),
  }),
]);

export function formatImportedRow(row: RowResult): string {
  return `${JSON.stringify(row)}\n`;
}

/** @returns a bad row for what is not one of ours: the cache is damaged */
export function parseImportedRow(bytes: Uint8Array | undefined, line: number): RowResult {
  const damaged = (): RowResult => ({
    ok: false,
    line,
    id: `line-${line}`,
    candidates: 0,
    error: { code: 'FILE_UNREADABLE', message: 'the imported copy is damaged', data: { line } },
  });
  try {
    const parsed = rowSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.data ?? damaged();
  } catch {
    return damaged();
  }
}
