// Scored output read back: rewards by line.

import * as z from 'zod';
import { AppError } from '../base/errors';
import { readLines } from '../node/lineReader';

const rowSchema = z.looseObject({
  id: z.string(),
  file: z.string().optional(),
  line: z.int().positive(),
  rewards: z.array(z.number().nullable()),
});

/** Rewards of one sample as an earlier run wrote them. */
export interface ScoredEntry {
  readonly id: string;
  readonly line: number;
  readonly rewards: readonly (number | null)[];
}

/**
 * @param dataset rows that name another file are left out
 * @returns entries by line of the dataset
 * @throws AppError `ROW_SHAPE` naming the first line that is not scored output
 */
export async function readScoredFile(
  path: string,
  dataset: string,
): Promise<ReadonlyMap<number, ScoredEntry>> {
  const rows = new Map<number, ScoredEntry>();
  for await (const { line, bytes } of readLines(path)) {
    const text = new TextDecoder().decode(bytes);
    if (text.trim() === '') {
      continue;
    }
    const parsed = rowSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new AppError('ROW_SHAPE', `${path}:${line}: not a line of scored output`, {
        file: path,
        line,
      });
    }
    if (parsed.data.file === undefined || parsed.data.file === dataset) {
      rows.set(parsed.data.line, parsed.data);
    }
  }
  return rows;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
