// Streams a dataset row by row, whatever kind of file it is.

import { AppError } from '../base/errors';
import { openFileSource, type FileSource } from '../node/fileSource';
import { isReadOnce } from '../node/folder';
import { gunzip } from '../node/gunzip';
import { runHold, type MediaHold } from '../node/heldMedia';
import { readChunks, recognised, START_BYTES, type FileLine } from '../node/lineReader';
import type { Compat } from '../sample/reward';
import { parseCandidateLine } from './candidateFile';
import { datasetKind, kindOf, requireRows, startOf } from './datasetKind';
import type { RowResult } from './datasetRow';
import { countParquetRows, readParquet } from './parquetFile';
import { containerOf, splitterOf, type RowContainer } from './rowContainer';
import { countShardRows, readShard } from './shardFile';

export interface ReadOptions {
  readonly compat: Compat;
  /** gives the place for media that the dataset holds */
  readonly hold: () => MediaHold;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rows in file order, good and bad; blank lines are left out. The file is read once, so it may be a
 * pipe. Media that it holds are there as long as this process lives.
 * @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY` or `NOT_A_DATASET`
 */
export async function* readCandidateFile(
  path: string,
  compat: Compat,
  signal?: AbortSignal,
): AsyncGenerator<RowResult> {
  yield* readDataset(path, { compat, hold: runHold, signal });
}

/** The same, with a place for the media. @throws AppError as {@link readCandidateFile} does */
export async function* readDataset(path: string, options: ReadOptions): AsyncGenerator<RowResult> {
  if (await isParquetFile(path)) {
    yield* withSource(path, (source) =>
      readParquet(source, options.hold(), options.compat, options.signal),
    );
    return;
  }
  const { kind, chunks } = await openContent(path, options.signal);
  if (kind === 'shard') {
    yield* readShard(chunks, path, { ...options, hold: options.hold() });
    return;
  }
  for await (const line of splitRows(chunks, path)) {
    const row = parseCandidateLine(line, options.compat);
    if (row !== undefined) {
      yield row;
    }
  }
}

/**
 * Rows of a text file as bytes. A list is numbered by element, as other files are by line.
 * @throws AppError as {@link readCandidateFile} does; `NOT_A_DATASET` for what is no text
 */
export async function* readRows(path: string, signal?: AbortSignal): AsyncGenerator<FileLine> {
  const { kind, chunks } = await openContent(path, signal);
  if (kind === 'shard') {
    throw new AppError('NOT_A_DATASET', `${path}: not lines of text`, { file: path });
  }
  yield* splitRows(chunks, path);
}

/**
 * Counts the rows that {@link readCandidateFile} gives, without parsing them.
 * @returns `undefined` for a pipe: what is counted could not be read any more
 */
export async function countCandidateRows(
  path: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  if (await isReadOnce(path)) {
    return undefined;
  }
  if (await isParquetFile(path)) {
    const source = await openFileSource(path);
    try {
      return await countParquetRows(source);
    } finally {
      await source.close();
    }
  }
  const { kind, chunks } = await openContent(path, signal);
  if (kind === 'shard') {
    return countShardRows(chunks, path, signal);
  }
  let rows = 0;
  for await (const { bytes, sizeBytes } of splitRows(chunks, path)) {
    rows += sizeBytes > 0 && bytes?.byteLength !== 0 ? 1 : 0; // nearly: it feeds an estimate
  }
  return rows;
}

/**
 * Looks at the start of a file: text with at least one line that opens a JSON object, or a list of
 * objects.
 * @returns what holds the rows
 * @throws AppError as {@link readCandidateFile} does
 */
export async function requireCandidateFile(path: string): Promise<RowContainer> {
  const start = await startOf(path);
  if (kindOf(start) !== 'rows') {
    const message = `${path}: is read from its start to its end, by the command line only`;
    throw new AppError('NOT_A_DATASET', message, { file: path });
  }
  requireRows(path, start, true);
  return containerOf(start);
}

interface Content {
  readonly kind: 'rows' | 'shard';
  /** unpacked; what it was recognised by is in the first one as a whole */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Opens text or a shard, unpacked when it is compressed. */
async function openContent(path: string, signal: AbortSignal | undefined): Promise<Content> {
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

async function* splitRows(
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

async function* withSource(
  path: string,
  read: (source: FileSource) => AsyncGenerator<RowResult>,
): AsyncGenerator<RowResult> {
  const source = await openFileSource(path);
  try {
    yield* read(source);
  } finally {
    await source.close();
  }
}

/** Parquet describes itself at its end: from a pipe it is not read. */
export async function isParquetFile(path: string): Promise<boolean> {
  return !(await isReadOnce(path)) && (await datasetKind(path)) === 'parquet';
}
