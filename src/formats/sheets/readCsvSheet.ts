// A CSV sheet read back: the lines of a sample's answers together.

import { parse } from 'csv-parse';
import * as z from 'zod';
import { AppError, errorText } from '../../base/errors';
import { MAX_LINE_BYTES, readChunks } from '../../node/lineReader';
import { unguarded } from './csvCells';
import type { SheetEntry } from './scoreSheet';

/** Tells a sheet by the names of its columns, from the start of the file. */
export function isCsvSheet(start: Uint8Array): boolean {
  const [head = ''] = new TextDecoder().decode(start).split(/[\r\n]/, 1);
  const names = head.split(',').map((name) => name.replace(/^"(.*)"$/, '$1'));
  return names.includes('line') && names.includes('candidate') && names.includes('reward');
}

const count = z.string().regex(/^\d+$/).transform(Number);
const reward = z
  .string()
  .transform((cell) => (cell === '' ? null : Number(cell)))
  .refine((value) => value === null || Number.isFinite(value));
const recordSchema = z.object({
  file: z.string().default('').transform(unguarded),
  line: count,
  id: z.string().transform(unguarded),
  candidate: z.union([z.literal('').transform(() => undefined), count]),
  reward,
  model: z.string().default('').transform(unguarded),
});
type CsvRecord = z.infer<typeof recordSchema>;

/** @throws AppError `ROW_SHAPE` naming the first line that does not belong there */
export async function* readCsvSheet(path: string): AsyncGenerator<SheetEntry> {
  let group: CsvRecord[] = [];
  let at = 1;
  const flush = function* (): Generator<SheetEntry> {
    const [first] = group;
    if (first !== undefined) {
      yield toEntry(first, group, at);
    }
    group = [];
  };
  for await (const { record, info } of records(path)) {
    const parsed = recordSchema.safeParse(record);
    if (!parsed.success) {
      throw badLine(path, info.lines, 'not a line of a score sheet');
    }
    const [first] = group;
    if (first?.line !== parsed.data.line || first.file !== parsed.data.file) {
      yield* flush();
      at = info.lines;
    }
    const { candidate } = parsed.data;
    if (candidate === undefined ? group.length > 0 : candidate !== group.length) {
      const message =
        'the answers of a sample do not stand together, in order: sort by line and candidate';
      throw badLine(path, info.lines, message);
    }
    group.push(parsed.data);
  }
  yield* flush();
}

function toEntry(first: CsvRecord, group: readonly CsvRecord[], at: number): SheetEntry {
  const { file, line, id, model } = first;
  return {
    id,
    line,
    ...(file === '' ? {} : { file }),
    rewards: group.flatMap((each) => (each.candidate === undefined ? [] : [each.reward])),
    ...(model === '' ? {} : { model }),
    at,
  };
}

interface Parsed {
  readonly record: unknown;
  readonly info: { readonly lines: number };
}

async function* records(path: string): AsyncGenerator<Parsed> {
  const parser = parse({
    columns: true,
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
  });
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of readChunks(path, {})) {
        await new Promise<void>((resolve, reject) => {
          parser.write(chunk, (error) => (error == null ? resolve() : reject(error)));
        });
      }
      parser.end();
    } catch (error) {
      parser.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  void feed();
  try {
    yield* parser as AsyncIterable<Parsed>;
  } catch (error) {
    throw error instanceof AppError ? error : badLine(path, parser.info.lines, errorText(error));
  } finally {
    parser.destroy();
  }
}

function badLine(path: string, line: number, message: string): AppError {
  return new AppError('ROW_SHAPE', `${path}:${line}: ${message}`, { file: path, line });
}
