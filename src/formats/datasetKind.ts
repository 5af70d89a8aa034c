// What kind of file a dataset is, told by how it begins.

import { AppError } from '../base/errors';
import { openFileSource } from '../node/fileSource';
import { isGzip } from '../node/gunzip';
import { START_BYTES } from '../node/lineReader';
import { isTar } from '../node/tarMembers';
import { isBatchOutput } from './batches/batchFiles';
import { mayBeList, readListFile } from './lists/listFile';
import { isParquet } from './parquetFile';
import { containerOf } from './rowContainer';

/**
 * `rows`: text, whose rows stand at places of the file. `packed`: any of the others, compressed.
 * `shard`: a tar archive of samples. `list`: names the files that hold the rows. `batch`: text whose
 * rows need others: answers, with their prompts in a file beside it.
 */
export type DatasetKind = 'rows' | 'parquet' | 'packed' | 'shard' | 'list' | 'batch';

/** What a file is by itself. */
export function kindOf(start: Uint8Array): Exclude<DatasetKind, 'list' | 'batch'> {
  return isParquet(start) ? 'parquet' : isGzip(start) ? 'packed' : isTar(start) ? 'shard' : 'rows';
}

/** @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, or `NOT_A_DATASET` for a bad list */
export async function datasetKind(path: string): Promise<DatasetKind> {
  const start = await startOf(path);
  const kind = kindOf(start);
  if (kind !== 'rows') {
    return kind;
  }
  return isBatchOutput(start)
    ? 'batch'
    : mayBeList(start) && (await readListFile(path)) !== undefined
      ? 'list'
      : kind;
}

/** The first bytes of a file. @throws AppError as {@link datasetKind} does */
export async function startOf(path: string): Promise<Uint8Array> {
  const source = await openFileSource(path);
  try {
    return await source.read(0, Math.min(source.sizeBytes, START_BYTES));
  } finally {
    await source.close();
  }
}

/** A line that opens an object. Binary files and UTF-16 have NUL bytes about everywhere. */
const OBJECT_LINE = /^\s*\{[^\0\n]*$/m;

/**
 * Looks whether text has at least one line that opens a JSON object, or is a list of objects.
 * @param isAll no more will be shown
 * @returns `false` to see more first
 * @throws AppError `FILE_EMPTY` or `NOT_A_DATASET`
 */
export function requireRows(path: string, start: Uint8Array, isAll: boolean): boolean {
  const found =
    containerOf(start) === 'list'
      ? !start.includes(0)
      : OBJECT_LINE.test(new TextDecoder().decode(start));
  if (!found && isAll) {
    const wide = wideEncoding(start);
    if (wide !== undefined) {
      const message = `${path}: the text is ${wide} (at byte 0), expected UTF-8`;
      throw new AppError('NOT_A_DATASET', message, { file: path, offset: 0 });
    }
    throw start.byteLength === 0
      ? new AppError('FILE_EMPTY', `${path}: the file is empty`, { file: path })
      : new AppError('NOT_A_DATASET', `${path}: no JSON rows with prompts and candidates`, {
          file: path,
        });
  }
  return found;
}

/** Text in two bytes a letter: by its mark, or by what JSON begins with. */
function wideEncoding([first, second]: Uint8Array): string | undefined {
  const isLittle = (first === 0xff && second === 0xfe) || (isOpening(first) && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && isOpening(second));
  return isLittle ? 'UTF-16LE' : isBig ? 'UTF-16BE' : undefined;
}

/** `{` or `[` */
function isOpening(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b;
}
