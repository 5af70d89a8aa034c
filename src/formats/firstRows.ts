// The first rows of a dataset as they stand there, before any format reads them.

import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { openFileSource } from '../node/fileSource';
import { describeParquet, toBuffer } from './parquetFile';
import { plainRow } from './parquetValues';
import { isParquetFile, readRows } from './readCandidateFile';
import { isRow, type Row } from './rows/rowFormat';

/** Enough to see every column with a value, in most files. */
const ROWS = 20;
/** Of parquet, where a row may hold pictures. */
const PARQUET_ROWS = 4;

/** Lines that are no JSON objects are left out. @throws AppError as reading a dataset does */
export async function firstRows(path: string): Promise<Row[]> {
  if (await isParquetFile(path)) {
    return firstParquetRows(path);
  }
  const rows: Row[] = [];
  for await (const { bytes } of readRows(path)) {
    const value = parseJson(bytes);
    if (isRow(value)) {
      rows.push(value);
    }
    if (rows.length >= ROWS) {
      break;
    }
  }
  return rows;
}

async function firstParquetRows(path: string): Promise<Row[]> {
  const source = await openFileSource(path);
  try {
    const file = toBuffer(source);
    const metadata = await describeParquet(source, file);
    const rowEnd = Math.min(PARQUET_ROWS, Number(metadata.num_rows));
    const range = { file, metadata, rowStart: 0, rowEnd, compressors, utf8: false };
    return (await parquetReadObjects(range)).map(plainRow);
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
