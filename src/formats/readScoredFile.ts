// Scored output read back: rewards by line.

import * as z from 'zod';
import { AppError } from '../base/errors';
import { readLines } from '../node/lineReader';
import { identityOf } from '../node/outputPath';

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

/** The dataset that rewards are wanted for. */
export interface ScoredDataset {
  readonly path: string;
  /** several are exported together: only a row that names its file can be told to be of this one */
  readonly isOneOfSeveral: boolean;
}

/**
 * @param dataset rows that name another file are left out; names are compared as paths, relative to
 *   the working folder
 * @returns entries by line of the dataset
 * @throws AppError `ROW_SHAPE` or `ROW_TOO_LARGE` naming the first line that is not scored output,
 *   `USAGE` when a row does not say which of several datasets it is of
 */
export async function readScoredFile(
  path: string,
  dataset: ScoredDataset,
): Promise<ReadonlyMap<number, ScoredEntry>> {
  const rows = new Map<number, ScoredEntry>();
  const own = await identityOf(dataset.path);
  const identities = new Map<string, string>();
  const isOwn = async (file: string): Promise<boolean> => {
    const identity = identities.get(file) ?? (await identityOf(file));
    identities.set(file, identity);
    return identity === own;
  };
  for await (const { line, bytes, sizeBytes } of readLines(path)) {
    if (bytes === undefined) {
      throw new AppError('ROW_TOO_LARGE', `${path}:${line}: the line has ${sizeBytes} bytes`, {
        file: path,
        line,
      });
    }
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
    const { file } = parsed.data;
    if (file === undefined && dataset.isOneOfSeveral) {
      throw new AppError(
        'USAGE',
        `${path}:${line}: does not say which dataset it is of: export one dataset at a time`,
      );
    }
    if (file === undefined || (await isOwn(file))) {
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
