// One row of a dataset in any of the known formats: JSON to a sample.

import type { EncodedError, ErrorCode } from '../base/errors';
import type { Compat } from '../sample/reward';
import type { Sample } from '../sample/sample';
import { readCandidateRow } from './candidateRow';
import { valueAt } from './columnPath';
import { recogniseRow } from './rowFormats';
import type { RowMapping } from './lists/columnMapping';
import { isFault, isRow, type Row, type RowFormat } from './rows/rowFormat';

/** Where a row of another format than ours comes from. */
export interface RowOrigin {
  /** name of the format */
  readonly format: string;
  /** what the row holds beyond the sample */
  readonly rest: Row;
}

/** A row that could be read, or what is wrong with it. */
export type RowResult =
  | { readonly ok: true; readonly sample: Sample; readonly origin?: RowOrigin }
  | {
      readonly ok: false;
      readonly line: number;
      readonly id: string;
      /** as many as the row shows, for outputs that align with candidates */
      readonly candidates: number;
      readonly error: EncodedError;
    };

/**
 * Reads one row: what the formats know, and all else as a row of a candidate file.
 * @param line from 1, for messages and for the id of rows without one
 * @param mapping names of its columns, where something beside the dataset tells them
 * @param mapped as in {@link readDatasetRow}; what a person named goes before `mapping`
 */
export function parseDatasetRow(
  json: string,
  line: number,
  compat: Compat,
  mapping?: RowMapping,
  mapped?: RowFormat,
): RowResult {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return {
      ok: false,
      line,
      id: `line-${line}`,
      candidates: 0,
      error: {
        code: 'ROW_NOT_JSON',
        message: `not JSON: ${(error as Error).message}`,
        data: { line },
      },
    };
  }
  const named =
    mapped === undefined && mapping !== undefined && isRow(value) ? mapping(value) : value;
  return readDatasetRow(named, line, compat, json, mapped);
}

/**
 * Reads a row of which the JSON is parsed, or that never was JSON.
 * @param json as it was written, for numbers too large to be exact
 * @param mapped reads every row, by columns that a person named
 */
export function readDatasetRow(
  value: unknown,
  line: number,
  compat: Compat,
  json?: string,
  mapped?: RowFormat,
): RowResult {
  const format = mapped ?? (isRow(value) ? recogniseRow(value) : undefined);
  const shown = glance(value, json, `line-${line}`, format);
  const fail = (code: ErrorCode, message: string): RowResult => ({
    ok: false,
    line,
    ...shown,
    error: { code, message, data: { line } },
  });
  if (format === undefined || !isRow(value)) {
    const content = readCandidateRow(value, compat);
    return isFault(content)
      ? fail(content.code, content.message)
      : { ok: true, sample: { id: shown.id, line, ...content } };
  }
  const content = format.read(value);
  if (isFault(content)) {
    const { name, expected } = format;
    return fail(content.code, `${content.message} (${name}: expected ${expected})`);
  }
  return {
    ok: true,
    sample: { id: shown.id, line, candidateRole: 'assistant', ...content },
    origin: { format: format.name, rest: restOf(value, format) },
  };
}

/** Other formats' names for what identifies a row. */
const ID_KEYS = ['id', 'ID', 'idx', 'custom_id', 'question_id', 'video_id'] as const;

function restOf(row: Row, { keys }: RowFormat): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([key]) => key !== 'id' && key !== 'ID' && !keys.has(key)),
  );
}

interface Glance {
  readonly id: string;
  readonly candidates: number;
}

/** Takes what can be had of a row that may be wrong: its id and how many candidates it shows. */
function glance(
  value: unknown,
  json: string | undefined,
  fallback: string,
  format: RowFormat | undefined,
): Glance {
  const row = isRow(value) ? value : {};
  const usual = ID_KEYS.find((name) => row[name] != null) ?? 'id';
  const key = format === undefined ? 'id' : (format.idKey ?? usual);
  const id = valueAt(row, key);
  const named = typeof id === 'number' ? numberAsWritten(id, key, json ?? String(id)) : id;
  const { candidates } = row;
  return {
    id: typeof named === 'string' && named !== '' ? named.toWellFormed() : fallback,
    candidates: Array.isArray(candidates) ? candidates.length : 0,
  };
}

/** A number too large to be exact is an id all the same: it keeps its digits. */
function numberAsWritten(id: number, name: string, json: string): string {
  if (Math.abs(id) <= Number.MAX_SAFE_INTEGER) {
    return String(id);
  }
  // by the object that holds it: what is inside the row may have ids, too
  const written = new Map<unknown, string>();
  const note = function (this: unknown, key: string, value: unknown, found?: Source): unknown {
    if (key === name && found?.source !== undefined) {
      written.set(this, found.source);
    }
    return value;
  };
  try {
    const row: unknown = JSON.parse(json, note);
    return written.get(row) ?? String(id);
  } catch {
    return String(id); // nested so deeply that a reviver runs out of stack
  }
}

/** What engines tell a reviver (ECMAScript proposal "JSON.parse source text access", shipped). */
interface Source {
  readonly source?: string;
}
