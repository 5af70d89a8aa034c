// A parquet sheet read back: rows of its own, or a dataset with a column of rewards.

import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import * as z from 'zod';
import { AppError, errorText } from '../../base/errors';
import { openFileSource } from '../../node/fileSource';
import { runHold } from '../../node/heldMedia';
import {
  describeParquet,
  readParquet,
  toBuffer,
  type ParquetMetadata,
  type ParquetOptions,
} from '../parquetFile';
import type { Row } from '../rows/rowFormat';
import { SHEET_KEY } from './parquetBytes';
import type { SheetEntry } from './scoreSheet';

const aboutSchema = z.object({
  /** name of the column */
  rewards: z.string(),
  rows: z.enum(['sheet', 'dataset']),
  models: z.array(z.string()).optional(),
});
type About = z.infer<typeof aboutSchema>;

const rewardsSchema = z
  .array(z.number().nullable())
  .nullish()
  .transform((rewards) => rewards ?? []);
const rowSchema = z.object({
  id: z.string(),
  file: z.string().nullish(),
  // other tools write 64 bits
  line: z.union([z.int().positive(), z.bigint().positive().transform(Number)]),
  model: z.string().nullish(),
});

/**
 * @param columns names of a dataset's columns
 * @throws AppError `ROW_SHAPE` for what holds no rewards, and as reading a dataset does
 */
export async function* readParquetSheet(
  path: string,
  columns: Pick<ParquetOptions, 'mapping' | 'mapped'> = {},
): AsyncGenerator<SheetEntry> {
  const source = await openFileSource(path);
  try {
    const file = toBuffer(source);
    const metadata = await describeParquet(source, file);
    const about = aboutOf(metadata);
    if (about === undefined) {
      throw bad(path, 1, 'no column of rewards');
    }
    const [model, ...others] = about.models ?? [];
    const ids =
      about.rows === 'dataset'
        ? readParquet(source, { ...columns, hold: runHold(), compat: 'safe' })
        : undefined;
    let at = 0;
    for await (const row of rows(path, file, metadata, columnsOf(about))) {
      at += 1;
      const rewards = rewardsSchema.safeParse(row[about.rewards]);
      const read = await ids?.next();
      const own = read === undefined ? rowSchema.safeParse(row) : undefined;
      if (!rewards.success || read?.done === true || own?.success === false) {
        throw bad(path, at, 'not a row of a score sheet');
      }
      if (own !== undefined) {
        const { file: named, model: by, id, line } = own.data;
        yield {
          id,
          line,
          rewards: rewards.data,
          ...(named == null ? {} : { file: named }),
          ...(by == null ? {} : { model: by }),
          at,
        };
      } else if (read !== undefined) {
        const { value } = read;
        const { id, line } = value.ok ? value.sample : value;
        const byOne = model === undefined || others.length > 0 ? {} : { model };
        yield { id, line, rewards: rewards.data, ...byOne, at };
      }
    }
  } finally {
    await source.close();
  }
}

async function* rows(
  path: string,
  file: ReturnType<typeof toBuffer>,
  metadata: ParquetMetadata,
  columns: string[],
): AsyncGenerator<Row> {
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    try {
      const range = { file, metadata, rowStart, rowEnd, columns, compressors };
      yield* await parquetReadObjects(range);
    } catch (error) {
      throw bad(path, rowStart + 1, `can't be decoded: ${errorText(error)}`);
    }
    rowStart = rowEnd;
  }
}

function columnsOf({ rows: kind, rewards }: About): string[] {
  return kind === 'dataset' ? [rewards] : ['id', 'file', 'line', 'model', rewards];
}

/** As the file says; one that was written anew by another tool has lost that, not its columns. */
function aboutOf({ key_value_metadata: pairs = [], schema }: ParquetMetadata): About | undefined {
  const said = pairs.findLast(({ key }) => key === SHEET_KEY)?.value;
  const about = aboutSchema.safeParse(parseJson(said ?? ''));
  const names = new Set(schema.map(({ name }) => name));
  if (about.success && names.has(about.data.rewards)) {
    return about.data;
  }
  const isSheet = ['id', 'file', 'line', 'model'].every((name) => names.has(name));
  return names.has('rewards')
    ? { rewards: 'rewards', rows: isSheet ? 'sheet' : 'dataset' }
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bad(path: string, row: number, message: string): AppError {
  return new AppError('ROW_SHAPE', `${path}:${row}: ${message}`, { file: path, line: row });
}
