// Parquet files, as Hugging Face keeps datasets: rows with pictures inside, a group at a time.

import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { throwIfAborted } from '../base/abort';
import type { ByteSource } from '../base/byteSource';
import { AppError, errorText } from '../base/errors';
import type { Compat } from '../sample/reward';
import { readDatasetRow, type RowResult } from './datasetRow';
import { plainRow } from './parquetValues';

/** The description of a file with a million rows has a few megabytes. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
/** A group is decoded as a whole; a thousand rows with pictures have some hundred megabytes. */
const MAX_GROUP_BYTES = 1024 * 1024 * 1024;
const MAGIC = [0x50, 0x41, 0x52, 0x31] as const;
/** Length of the footer and the magic bytes, at the end of the file. */
const TAIL_BYTES = 8;

export function isParquet(start: Uint8Array): boolean {
  return MAGIC.every((byte, at) => start[at] === byte);
}

/**
 * Rows in file order, numbered from 1 in place of lines. A group that can't be decoded is one bad row
 * in the place of its first, and the next group follows.
 * @throws AppError `FILE_UNREADABLE` for a file that is cut or does not describe itself
 */
export async function* readParquet(
  source: ByteSource,
  compat: Compat,
  signal?: AbortSignal,
): AsyncGenerator<RowResult> {
  const file = toBuffer(source);
  const metadata = await describe(source, file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    throwIfAborted(signal);
    const rowEnd = rowStart + Number(group.num_rows);
    try {
      if (Number(group.total_byte_size) > MAX_GROUP_BYTES) {
        throw new Error(`the group has more than ${MAX_GROUP_BYTES} bytes`);
      }
      const rows = await parquetReadObjects({
        file,
        metadata,
        rowStart,
        rowEnd,
        compressors,
        utf8: false,
      });
      for (const [n, row] of rows.entries()) {
        throwIfAborted(signal);
        yield readDatasetRow(plainRow(row), rowStart + n + 1, compat);
      }
    } catch (error) {
      throwIfAborted(signal);
      yield badGroup(rowStart + 1, rowEnd, errorText(error));
    }
    rowStart = rowEnd;
  }
}

/** @throws AppError as {@link readParquet} does */
export async function countParquetRows(source: ByteSource): Promise<number> {
  return Number((await describe(source, toBuffer(source))).num_rows);
}

type Metadata = Awaited<ReturnType<typeof parquetMetadataAsync>>;

async function describe(source: ByteSource, file: AsyncBuffer): Promise<Metadata> {
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
  try {
    return await parquetMetadataAsync(file);
  } catch (error) {
    throw fail(`the footer of the parquet file can't be read: ${errorText(error)}`);
  }
}

function toBuffer(source: ByteSource): AsyncBuffer {
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

function badGroup(line: number, last: number, what: string): RowResult {
  const message = `rows ${line} to ${last} of the parquet file can't be decoded: ${what}`;
  return {
    ok: false,
    line,
    id: `line-${line}`,
    candidates: 0,
    error: { code: 'FILE_UNREADABLE', message, data: { line } },
  };
}
