// Imported copies: datasets that can't be read at any place (parquet, shards, lists, compressed files), as
// rows in the cache with their media beside them. The dataset itself is never changed.

import * as z from 'zod';
import { AppError, encodeError } from '../base/errors';
import { datasetKind } from '../formats/datasetKind';
import type { RowResult } from '../formats/datasetRow';
import { readDataset } from '../formats/readCandidateFile';
import type { RowFormat } from '../formats/rows/rowFormat';
import { sourceFilesOf } from '../formats/sourceFiles';
import { PartialFile, writeWholeFile } from '../node/atomicFile';
import { contentStamp } from '../node/contentStamp';
import { freeBytes } from '../node/fileChanges';
import { absolutePath, baseName, fileSizeBytes, joinPath } from '../node/folder';
import { sha256 } from '../node/hash';
import { COMPLETE, MediaHold } from '../node/heldMedia';
import {
  importFolders,
  makeImportFolder,
  markUsed,
  removeImport,
  trimImports,
} from '../node/importFolders';
import { readSmallText } from '../node/smallFile';
import { formatImportedRow } from './importedRow';

/** Raised whenever the rows of a copy would be others. */
const VERSION = 2;
const KEY_DIGITS = 32;
const ROWS = 'rows.jsonl';
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
/** Written at once. */
const PIECE_CHARS = 1 << 18;
/** What is left to others on the disk. */
const MIN_FREE_BYTES = 1e9;
/** Rows after which the disk is looked at, and progress is told. */
const TELL_ROWS = 200;

const manifestSchema = z.object({
  /** by absolute path: what they held */
  sources: z.record(z.string(), z.string()),
  bytes: z.number(),
});

export interface ImportedCopy {
  readonly rowsFile: string;
  /** all files that the rows come from */
  readonly sources: readonly string[];
}

/** True for what the review editor shows from an imported copy. @throws AppError as `datasetKind` does */
export async function needsImport(path: string): Promise<boolean> {
  return (await datasetKind(path)) !== 'rows';
}

export class DatasetImports {
  /** folders of copies that this process has given: they stay */
  readonly #inUse = new Set<string>();

  /** @param limitBytes of all copies; those in use stay whatever their size */
  constructor(readonly limitBytes: number) {}

  /**
   * @param mapped as in {@link DatasetImports.make}
   * @returns a copy that was made before, if nothing it was made from has changed
   */
  async find(path: string, mapped?: RowFormat): Promise<ImportedCopy | undefined> {
    for (const folder of await importFolders(keyOf(path, mapped))) {
      const manifest = await readManifest(folder);
      const known = Object.entries(manifest?.sources ?? {});
      const now = await sourceFilesOf(path);
      if (known.length === now.length && (await areSame(known))) {
        this.#inUse.add(folder);
        await markUsed(folder);
        return { rowsFile: joinPath(folder, ROWS), sources: now };
      }
    }
    return undefined;
  }

  /**
   * Reads the dataset from its start to its end. Where it can't be read on, a bad row says why.
   * @param onProgress told the rows so far
   * @param mapped reads the rows, by columns that a person named
   * @throws AppError `CANCELLED`, `OUTPUT_FAILED`, `DISK_FULL`, and as reading a dataset without rows
   */
  async make(
    path: string,
    onProgress: (rows: number) => void,
    signal: AbortSignal,
    mapped?: RowFormat,
  ): Promise<ImportedCopy> {
    const folder = makeImportFolder(keyOf(path, mapped));
    this.#inUse.add(folder);
    try {
      // before they are read: what changes meanwhile is noticed the next time
      const sources = await stampsOf(path);
      const hold = new MediaHold(folder, Number.POSITIVE_INFINITY);
      const rowsFile = joinPath(folder, ROWS);
      const rows = readDataset(path, { compat: 'safe', hold: () => hold, signal, mapped });
      await writeRows(untilFault(rows, path), rowsFile, onProgress);
      const bytes = hold.totalBytes + ((await fileSizeBytes(rowsFile)) ?? 0);
      await writeWholeFile(joinPath(folder, COMPLETE), JSON.stringify({ sources, bytes }));
      await trimImports(this.limitBytes, sizeOf, this.#inUse);
      return { rowsFile, sources: Object.keys(sources) };
    } catch (error) {
      this.#inUse.delete(folder);
      await removeImport(folder);
      throw error;
    }
  }
}

/** Other columns make other rows: what a mapping expects names all of them. */
function keyOf(path: string, mapped: RowFormat | undefined): string {
  const columns = mapped === undefined ? '' : `\n${mapped.name}\n${mapped.expected}`;
  return sha256(`${VERSION}\n${absolutePath(path)}${columns}`).slice(0, KEY_DIGITS);
}

async function stampsOf(path: string): Promise<Record<string, string>> {
  const stamps: Record<string, string> = {};
  for (const source of await sourceFilesOf(path)) {
    stamps[source] = await contentStamp(source);
  }
  return stamps;
}

async function areSame(
  known: readonly (readonly [path: string, stamp: string])[],
): Promise<boolean> {
  for (const [path, stamp] of known) {
    if ((await contentStamp(path)) !== stamp) {
      return false;
    }
  }
  return true;
}

async function readManifest(folder: string): Promise<z.infer<typeof manifestSchema> | undefined> {
  try {
    const text = await readSmallText(joinPath(folder, COMPLETE), MAX_MANIFEST_BYTES);
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // removed meanwhile, or damaged: it is made anew
  }
}

async function sizeOf(folder: string): Promise<number> {
  return (await readManifest(folder))?.bytes ?? 0;
}

/** What stands before the fault stays usable. */
async function* untilFault(
  rows: AsyncGenerator<RowResult>,
  path: string,
): AsyncGenerator<RowResult> {
  let last = 0;
  try {
    for await (const row of rows) {
      last = row.ok ? row.sample.line : row.line;
      yield row;
    }
  } catch (error) {
    const isOfFile = error instanceof AppError && /^(FILE|ROW)_/.test(error.code);
    if (!isOfFile || last === 0) {
      throw error;
    }
    const line = last + 1;
    const { code, message } = encodeError(error);
    const why = `${message}; rows of ${baseName(path)} may be missing from here on`;
    const fault = { code, message: why, data: { line } };
    yield { ok: false, line, id: `line-${line}`, candidates: 0, error: fault };
  }
}

async function writeRows(
  rows: AsyncGenerator<RowResult>,
  file: string,
  onProgress: (rows: number) => void,
): Promise<void> {
  const out = await PartialFile.create(file);
  let [count, piece] = [0, ''];
  try {
    for await (const row of rows) {
      piece += formatImportedRow(row);
      count += 1;
      if (piece.length >= PIECE_CHARS) {
        await out.write(piece);
        piece = '';
      }
      if (count % TELL_ROWS === 0) {
        onProgress(count);
        await requireRoom(file);
      }
    }
    await out.write(piece);
  } catch (error) {
    await out.abandon(true);
    throw error;
  }
  await out.commit();
}

async function requireRoom(file: string): Promise<void> {
  const free = await freeBytes(joinPath(file, '..'));
  if (free < MIN_FREE_BYTES) {
    const message = `${file}: only ${free} bytes are free on the disk of the cache`;
    throw new AppError('DISK_FULL', message, { file });
  }
}
