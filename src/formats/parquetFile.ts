// Parquet files, as Hugging Face keeps datasets: rows with pictures inside, a group at a time.

import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { throwIfAborted } from '../base/abort';
import type { ByteSource } from '../base/byteSource';
import { AppError, errorText } from '../base/errors';
import type { MediaHold } from '../node/heldMedia';
import type { Compat } from '../sample/reward';
import { readDatasetRow, type RowResult } from './datasetRow';
import type { RowMapping } from './lists/columnMapping';
import { plainRow } from './parquetValues';
import type { RowFormat } from './rows/rowFormat';

/** The description of a file with a million rows has a few megabytes. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
/** A group is decoded as a whole; a thousand rows with pictures have some hundred megabytes. */
const MAX_GROUP_BYTES = 1024 * 1024 * 1024;
/** More than any writer puts into a group: a footer that claims more is wrong. */
const MAX_GROUP_ROWS = 1 << 26;
const MAGIC = [0x50, 0x41, 0x52, 0x31] as const;
/** Length of the footer and the magic bytes, at the end of the file. */
export const TAIL_BYTES = 8;

export function isParquet(start: Uint8Array): boolean {
  return MAGIC.every((byte, at) => start[at] === byte);
}

export interface ParquetOptions {
  /** where pictures and videos go */
  readonly hold: MediaHold;
  readonly compat: Compat;
  /** names of the columns, where something beside the file tells them */
  readonly mapping?: RowMapping | undefined;
  /** reads every row, by columns that a person named: goes before `mapping` */
  readonly mapped?: RowFormat | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rows in file order, numbered from 1 in place of lines. Of a group that can't be decoded every row is
 * bad, as outputs have a line for each, and the next group follows.
 * @throws AppError `FILE_UNREADABLE` for a file that is cut or does not describe itself
 */
export async function* readParquet(
  source: ByteSource,
  { hold, compat, mapping, mapped, signal }: ParquetOptions,
): AsyncGenerator<RowResult> {
  const file = toBuffer(source);
  const metadata = await describeParquet(source, file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    throwIfAborted(signal);
    const rowEnd = rowStart + Number(group.num_rows);
    let rows: readonly Readonly<Record<string, unknown>>[] = [];
    let fault: string | undefined;
    try {
      if (Number(group.total_byte_size) > MAX_GROUP_BYTES) {
        throw new Error(`the group has more than ${MAX_GROUP_BYTES} bytes`);
      }
      rows = await parquetReadObjects({
        file,
        metadata,
        rowStart,
        rowEnd,
        compressors,
        utf8: false,
      });
    } catch (error) {
      throwIfAborted(signal);
      fault = `rows ${rowStart + 1} to ${rowEnd} of the parquet file can't be decoded: ${errorText(error)}`;
    }
    for (let n = rowStart; n < rowEnd; n += 1) {
      throwIfAborted(signal);
      const row = rows[n - rowStart];
      yield row === undefined
        ? badRow(n + 1, fault ?? `row ${n + 1} is missing in its group`)
        : await readRow(row, n + 1, { hold, compat, mapping, mapped });
    }
    rowStart = rowEnd;
  }
}

/** A medium that can't be kept for its size is a fault of its row. */
async function readRow(
  row: Readonly<Record<string, unknown>>,
  line: number,
  { hold, compat, mapping, mapped }: ParquetOptions,
): Promise<RowResult> {
  try {
    const plain = await plainRow(row, hold);
    const named = mapped === undefined && mapping !== undefined ? mapping(plain) : plain;
    return readDatasetRow(named, line, compat, undefined, mapped);
  } catch (error) {
    if (error instanceof AppError && error.code === 'MEDIA_TOO_LARGE') {
      return badRow(line, `a medium of the row has ${error.message}`);
    }
    throw error;
  }
}

/** @throws AppError as {@link readParquet} does */
export async function countParquetRows(source: ByteSource): Promise<number> {
  return Number((await describeParquet(source, toBuffer(source))).num_rows);
}

export type ParquetMetadata = Awaited<ReturnType<typeof parquetMetadataAsync>>;

/** @throws AppError as {@link readParquet} does */
export async function describeParquet(
  source: ByteSource,
  file: AsyncBuffer,
): Promise<ParquetMetadata> {
  const { name, sizeBytes } = source;
  const fail = (what: string): AppError =>
    new AppError('FILE_UNREADABLE', `${name}: ${what}`, { file: name, offset: sizeBytes });
  const tailBytes = Math.min(TAIL_BYTES, sizeBytes);
  const tail = await source.read(sizeBytes - tailBytes, tailBytes);
  if (tailBytes < TAIL_BYTES || !isParquet(tail.subarray(TAIL_BYTES / 2))) {
    throw fail(`the parquet file is cut: expected "PAR1" before byte ${sizeBytes}`);
  }
  const footerBytes = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (footerBytes > Math.min(MAX_FOOTER_BYTES, sizeBytes - TAIL_BYTES)) {
    throw fail(`the footer of the parquet file claims ${footerBytes} bytes`);
  }
  let metadata: ParquetMetadata;
  try {
    metadata = await parquetMetadataAsync(file);
  } catch (error) {
    throw fail(`the footer of the parquet file can't be read: ${errorText(error)}`);
  }
  for (const { num_rows: rows } of metadata.row_groups) {
    if (rows < 0 || rows > MAX_GROUP_ROWS) {
      throw fail(`the footer of the parquet file claims a group of ${rows} rows`);
    }
  }
  return metadata;
}

export function toBuffer(source: ByteSource): AsyncBuffer {
  return {
    byteLength: source.sizeBytes,
    async slice(start, end = source.sizeBytes) {
      const from = start < 0 ? Math.max(0, source.sizeBytes + start) : start;
      const bytes = new Uint8Array(Math.max(0, Math.min(end, source.sizeBytes) - from));
      await source.readInto(bytes, from);
      return bytes.buffer;
    },
  };
}

function badRow(line: number, message: string): RowResult {
  return {
    ok: false,
    line,
    id: `line-${line}`,
    candidates: 0,
    error: { code: 'FILE_UNREADABLE', message, data: { line } },
  };
}
