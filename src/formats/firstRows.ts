// The first rows of a dataset as they stand there, before any format reads them.

import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { openFileSource } from '../node/fileSource';
import { runHold } from '../node/heldMedia';
import type { FileLine } from '../node/lineReader';
import { datasetKind } from './datasetKind';
import { openContent, splitRows } from './openContent';
import { describeParquet, toBuffer } from './parquetFile';
import { plainRow } from './parquetValues';
import { isRow, type Row } from './rows/rowFormat';
import { shardRows } from './shardFile';

/** Enough to see every column with a value, in most files. */
const ROWS = 20;
/** Of what holds pictures and videos: they are kept as long as this process lives. */
const ROWS_WITH_MEDIA = 4;

/**
 * Lines that are no JSON objects are left out. A list of files has none: it names the columns of each.
 * @throws AppError as reading a dataset does
 */
export async function firstRows(path: string): Promise<Row[]> {
  const kind = await datasetKind(path);
  if (kind === 'list') {
    return [];
  }
  if (kind === 'parquet') {
    return firstParquetRows(path);
  }
  const { kind: content, chunks } = await openContent(path, undefined);
  return content === 'shard'
    ? firstOf(shardRows(chunks, path, runHold()), ROWS_WITH_MEDIA)
    : firstOf(textRows(splitRows(chunks, path)), ROWS);
}

async function firstOf(all: AsyncIterable<Row>, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of all) {
    rows.push(row);
    if (rows.length >= count) {
      break;
    }
  }
  return rows;
}

async function* textRows(lines: AsyncIterable<FileLine>): AsyncGenerator<Row> {
  for await (const { bytes } of lines) {
    const value = parseJson(bytes);
    if (isRow(value)) {
      yield value;
    }
  }
}

async function firstParquetRows(path: string): Promise<Row[]> {
  const source = await openFileSource(path);
  try {
    const file = toBuffer(source);
    const metadata = await describeParquet(source, file);
    const rowEnd = Math.min(ROWS_WITH_MEDIA, Number(metadata.num_rows));
    const range = { file, metadata, rowStart: 0, rowEnd, compressors, utf8: false };
    const rows: Row[] = [];
    for (const row of await parquetReadObjects(range)) {
      rows.push(await plainRow(row, runHold()));
    }
    return rows;
  } finally {
    await source.close();
  }
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
