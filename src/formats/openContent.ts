// The content of a dataset as a stream: text or a tar archive, unpacked.

import { AppError } from '../base/errors';
import { gunzip } from '../node/gunzip';
import { readChunks, recognised, START_BYTES, type FileLine } from '../node/lineReader';
import { kindOf, requireRows } from './datasetKind';
import { containerOf, splitterOf } from './rowContainer';

export interface Content {
  readonly kind: 'rows' | 'shard';
  /** unpacked; what it was recognised by is in the first one as a whole */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens text or a shard, unpacked when it is compressed; a pipe, too.
 * @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY` or `NOT_A_DATASET`
 */
export async function openContent(path: string, signal: AbortSignal | undefined): Promise<Content> {
  const recognise = (start: Uint8Array, isAll: boolean): boolean =>
    isKnown(path, start) || requireRows(path, start, isAll);
  const [first, chunks] = await begin(readChunks(path, { recognise, signal }));
  if (kindOf(first) !== 'packed') {
    return { kind: kindOf(first) === 'shard' ? 'shard' : 'rows', chunks };
  }
  const isContent = (start: Uint8Array, isAll: boolean): boolean =>
    kindOf(start) === 'shard' || requireRows(path, start, isAll);
  const [inner, unpacked] = await begin(recognised(gunzip(chunks, path), isContent));
  return { kind: kindOf(inner) === 'shard' ? 'shard' : 'rows', chunks: unpacked };
}

function isKnown(path: string, start: Uint8Array): boolean {
  const kind = kindOf(start);
  if (kind === 'parquet') {
    const message = `${path}: a parquet file is read from the disk, not from a pipe`;
    throw new AppError('NOT_A_DATASET', message, { file: path });
  }
  return kind !== 'rows';
}

/** Takes the first piece without losing it. */
async function begin(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<readonly [first: Uint8Array, all: AsyncIterable<Uint8Array>]> {
  const first = await chunks.next();
  const start = first.done === true ? new Uint8Array() : first.value;
  return [start, resumed(start, chunks)];
}

async function* resumed(
  first: Uint8Array,
  others: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    yield* others;
  } finally {
    await others.return(undefined);
  }
}

/** Rows of text as bytes. @throws AppError `ROW_NOT_JSON` after the rows of a list that is cut */
export async function* splitRows(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<FileLine> {
  let splitter;
  for await (const chunk of chunks) {
    splitter ??= splitterOf(containerOf(chunk.subarray(0, START_BYTES)), path);
    yield* splitter.push(chunk);
  }
  yield* splitter?.end() ?? [];
}
