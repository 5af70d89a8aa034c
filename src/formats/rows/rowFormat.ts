// What every dataset format says of itself: how a row is told, its shape, and the sample it makes.

import * as z from 'zod';
import type { ErrorCode } from '../../base/errors';
import type { Sample } from '../../sample/sample';
import { text } from './text';

/** A row as JSON has it. */
export type Row = Readonly<Record<string, unknown>>;

/** What a row holds beside its place in the file. */
export type RowContent = Pick<
  Sample,
  'messages' | 'candidates' | 'images' | 'videos' | 'domain' | 'given' | 'hdNum' | 'maxLength'
>;

/** Why a row that has the shape of its format makes no sample. */
export interface RowFault {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A format: rows are recognised by what they hold, never by the name of their file. */
export interface RowFormat {
  /** as in messages */
  readonly name: string;
  /** what a row holds, for messages */
  readonly expected: string;
  /** cheap: looks at keys and kinds of values only */
  readonly fits: (row: Row) => boolean;
  readonly read: (row: Row) => RowContent | RowFault;
  /** keys whose values the sample holds; the others are the row's rest */
  readonly keys: ReadonlySet<string>;
  /** the column that names a row, where that is no usual one */
  readonly idKey?: string;
}

interface Definition<S extends z.ZodRawShape> {
  readonly name: string;
  readonly expected: string;
  readonly fits: (row: Row) => boolean;
  readonly shape: S;
  /** columns that hold more than the sample takes: they stay in the row's rest */
  readonly kept?: readonly string[];
  readonly idKey?: string;
  /** `raw` is the row before its columns were read */
  readonly toContent: (row: z.infer<z.ZodObject<S>>, raw: Row) => RowContent | RowFault;
}

/** What a row of any format may say as rows of a candidate file do. */
const count = z.int().positive().nullish();
export const rowOptions = z.object({
  domain: text.nullish().catch(null),
  hd_num: count,
  max_length: count,
});

export function toOptions(
  options: z.infer<typeof rowOptions>,
): Pick<Sample, 'domain' | 'hdNum' | 'maxLength'> {
  const { domain, hd_num: hdNum, max_length: maxLength } = options;
  return {
    ...(domain == null ? {} : { domain }),
    ...(hdNum == null ? {} : { hdNum }),
    ...(maxLength == null ? {} : { maxLength }),
  };
}

/** Makes a format of a shape and of what becomes of rows that have it. */
export function defineFormat<S extends z.ZodRawShape>(definition: Definition<S>): RowFormat {
  const { name, expected, fits, shape, kept = [], idKey, toContent } = definition;
  const schema = z.object(shape);
  const ownKeys = Object.keys(rowOptions.shape);
  return {
    name,
    expected,
    fits,
    ...(idKey === undefined ? {} : { idKey }),
    keys: new Set([...Object.keys(shape), ...ownKeys].filter((key) => !kept.includes(key))),
    read(row) {
      const parsed = schema.safeParse(row);
      const options = rowOptions.safeParse(row);
      if (!parsed.success || !options.success) {
        const error = parsed.error ?? options.error;
        return { code: 'ROW_SHAPE', message: error === undefined ? '' : describeIssues(error) };
      }
      const content = toContent(parsed.data, row);
      return isFault(content) ? content : { ...toOptions(options.data), ...content };
    },
  };
}

export function isFault(value: object): value is RowFault {
  return 'code' in value;
}

/** The first faults of a shape, each with where it is. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.length === 0 ? 'row' : path.join('.')}: ${message}`)
    .join('; ');
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
