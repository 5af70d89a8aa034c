// Rewards of datasets that are not parquet, as a parquet file: a row for each sample.

import { ParquetWriter } from 'hyparquet-writer';
import type { PartialFile } from '../../node/atomicFile';
import type { ScoredRow } from '../scoredRow';
import { listColumn, ParquetBytes, SHEET_KEY, type SchemaElements } from './parquetBytes';
import type { SheetWriter } from './scoreSheet';

/** Rows in memory at once. */
const GROUP_ROWS = 10_000;

interface Column {
  readonly name: string;
  readonly schema: SchemaElements;
  readonly value: (row: ScoredRow) => unknown;
}

const textSchema = (name: string): SchemaElements[number] => ({
  name,
  type: 'BYTE_ARRAY',
  repetition_type: 'OPTIONAL',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
});
const text = (name: string, value: (row: ScoredRow) => string | undefined): Column => ({
  name,
  schema: [textSchema(name)],
  value,
});
const count = (name: string, value: (row: ScoredRow) => number): Column => ({
  name,
  schema: [{ name, type: 'INT32', repetition_type: 'REQUIRED' }],
  value,
});
const numbers = (
  name: string,
  type: 'DOUBLE' | 'INT32',
  value: (row: ScoredRow) => readonly (number | null)[],
): Column => ({ name, schema: listColumn(name, type), value });

/** A struct for each answer that failed. */
const errors: Column = {
  name: 'errors',
  schema: [
    {
      name: 'errors',
      repetition_type: 'OPTIONAL',
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', num_children: 3 },
    { name: 'candidate', type: 'INT32', repetition_type: 'OPTIONAL' },
    textSchema('code'),
    textSchema('message'),
  ],
  value: (row) => row.errors,
};

const COLUMNS: readonly Column[] = [
  text('id', ({ id }) => id),
  text('file', ({ file }) => file),
  count('line', ({ line }) => line),
  numbers('rewards', 'DOUBLE', ({ rewards }) => rewards),
  numbers('order', 'INT32', ({ order }) => order),
  count('prefix_tokens', ({ tokens }) => tokens.prefix),
  numbers('tail_tokens', 'INT32', ({ tokens }) => tokens.tails),
  text('model', ({ model }) => model),
  text('error_code', ({ error }) => error?.code),
  text('error_message', ({ error }) => error?.message),
  errors,
];

export function parquetSheet(file: PartialFile): SheetWriter {
  const writer = new ParquetBytes(file);
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'schema', num_children: COLUMNS.length }, ...COLUMNS.flatMap(schemaOf)],
    kvMetadata: [{ key: SHEET_KEY, value: JSON.stringify({ rewards: 'rewards', rows: 'sheet' }) }],
    createdBy: 'rewardlens',
  });
  let rows: ScoredRow[] = [];
  const flush = async (): Promise<void> => {
    const group = rows;
    rows = [];
    if (group.length > 0) {
      const columnData = COLUMNS.map(({ name, value }) => ({ name, data: group.map(value) }));
      await parquet.write({ columnData, rowGroupSize: group.length });
    }
  };
  return {
    async write({ row }) {
      rows.push(row);
      if (rows.length >= GROUP_ROWS) {
        await flush();
      }
    },
    async finish() {
      await flush();
      await parquet.finish();
      await writer.flush();
    },
  };
}

function schemaOf({ schema }: Column): SchemaElements {
  return schema;
}
