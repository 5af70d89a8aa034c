// Streams a dataset row by row, whatever kind of file it is.

import { AppError } from '../base/errors';
import { openFileSource, type FileSource } from '../node/fileSource';
import { isReadOnce } from '../node/folder';
import { runHold, type MediaHold } from '../node/heldMedia';
import type { FileLine } from '../node/lineReader';
import type { Compat } from '../sample/reward';
import { BatchRequests } from './batches/batchRequests';
import { isBlank, parseCandidateLine } from './candidateFile';
import { datasetKind, kindOf, requireRows, startOf, type DatasetKind } from './datasetKind';
import type { RowResult } from './datasetRow';
import type { RowMapping } from './lists/columnMapping';
import { readListFile, type ListedFile } from './lists/listFile';
import { mappingBeside } from './lists/mappingBeside';
import { countListed, readListed } from './lists/readListed';
import { openContent, splitRows } from './openContent';
import { countParquetRows, readParquet } from './parquetFile';
import { containerOf, type RowContainer } from './rowContainer';
import type { RowFormat } from './rows/rowFormat';
import { countShardRows, readShard } from './shardFile';

export interface ReadOptions {
  readonly compat: Compat;
  /** gives the place for media that the dataset holds */
  readonly hold: () => MediaHold;
  readonly signal?: AbortSignal | undefined;
  /** reads every row, by columns that a person named: goes before what a list says of them */
  readonly mapped?: RowFormat | undefined;
}

/**
 * Rows in file order, good and bad; blank lines are left out. The file is read once, so it may be a
 * pipe. Media that it holds are there as long as this process lives.
 * @param mapped as in {@link ReadOptions}
 * @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_EMPTY` or `NOT_A_DATASET`
 */
export async function* readCandidateFile(
  path: string,
  compat: Compat,
  signal?: AbortSignal,
  mapped?: RowFormat,
): AsyncGenerator<RowResult> {
  yield* readDataset(path, { compat, hold: runHold, signal, mapped });
}

/** The same, with a place for the media. @throws AppError as {@link readCandidateFile} does */
export async function* readDataset(path: string, options: ReadOptions): AsyncGenerator<RowResult> {
  const kind = await kindOnDisk(path);
  if (kind === 'list') {
    yield* readListed(await requireList(path), {
      rows: (file, mapping) => readMember(file, mapping, options),
      count: (file) => countMember(file, options.signal),
    });
    return;
  }
  const mapping = kind === undefined ? undefined : await mappingBeside(path);
  yield* readFile(path, kind, mapping, options);
}

/** @param kind `undefined` for a pipe */
async function* readFile(
  path: string,
  kind: DatasetKind | undefined,
  mapping: RowMapping | undefined,
  options: ReadOptions,
): AsyncGenerator<RowResult> {
  if (kind === 'parquet') {
    yield* withSource(path, (source) =>
      readParquet(source, { ...options, hold: options.hold(), mapping }),
    );
    return;
  }
  const { kind: content, chunks } = await openContent(path, options.signal);
  if (content === 'shard') {
    yield* readShard(chunks, path, { ...options, hold: options.hold() });
    return;
  }
  // columns that something else names are read as named
  const requests =
    kind === 'batch' && mapping === undefined && options.mapped === undefined
      ? await BatchRequests.of(path, options.signal)
      : undefined;
  for await (const line of splitRows(chunks, path)) {
    const joined = (await requests?.mappingFor(line.bytes)) ?? mapping;
    const row = parseCandidateLine(line, options.compat, joined, options.mapped);
    if (row !== undefined) {
      yield row;
    }
  }
}

/** A list inside a list is not followed: it could lead back to where it came from. */
async function* readMember(
  path: string,
  mapping: RowMapping | undefined,
  options: ReadOptions,
): AsyncGenerator<RowResult> {
  const kind = await datasetKind(path);
  if (kind === 'list') {
    throw listInList(path);
  }
  yield* readFile(path, kind, mapping ?? (await mappingBeside(path)), options);
}

async function countMember(path: string, signal: AbortSignal | undefined): Promise<number> {
  const kind = await datasetKind(path);
  if (kind === 'list') {
    throw listInList(path);
  }
  return countFile(path, kind, signal);
}

function listInList(path: string): AppError {
  const message = `${path}: names other files: a list inside a list is not read`;
  return new AppError('NOT_A_DATASET', message, { file: path });
}

async function requireList(path: string): Promise<readonly ListedFile[]> {
  const files = await readListFile(path);
  if (files === undefined) {
    throw new AppError('FILE_UNREADABLE', `${path}: changes while it is read`, { file: path });
  }
  return files;
}

/** @returns `undefined` for a pipe, which can be read only once */
async function kindOnDisk(path: string): Promise<DatasetKind | undefined> {
  return (await isReadOnce(path)) ? undefined : datasetKind(path);
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
  const kind = await kindOnDisk(path);
  if (kind === 'list') {
    return countListed(await requireList(path), (file) => countMember(file, signal));
  }
  return kind === undefined ? undefined : countFile(path, kind, signal);
}

async function countFile(
  path: string,
  kind: DatasetKind,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (kind === 'parquet') {
    const source = await openFileSource(path);
    try {
      return await countParquetRows(source);
    } finally {
      await source.close();
    }
  }
  const { kind: content, chunks } = await openContent(path, signal);
  if (content === 'shard') {
    return countShardRows(chunks, path, signal);
  }
  let rows = 0;
  for await (const line of splitRows(chunks, path)) {
    rows += isBlank(line) ? 0 : 1;
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
    const message = `${path}: can't be read at any place: it needs a copy`;
    throw new AppError('NOT_A_DATASET', message, { file: path });
  }
  requireRows(path, start, true);
  return containerOf(start);
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
