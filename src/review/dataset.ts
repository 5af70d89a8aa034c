// A dataset for random access: where its rows are, and rows on demand.

import { Emitter } from '../base/emitter';
import { encodeError, isCancelled, type EncodedError } from '../base/errors';
import { parseCandidateLine } from '../formats/candidateFile';
import type { RowResult } from '../formats/datasetRow';
import { mappingBeside } from '../formats/lists/mappingBeside';
import { requireCandidateFile } from '../formats/readCandidateFile';
import type { RowContainer } from '../formats/rowContainer';
import type { RowFormat } from '../formats/rows/rowFormat';
import { openFileSource, type FileSource } from '../node/fileSource';
import { fileIdentity } from '../node/folder';
import { MAX_LINE_BYTES, type FileLine } from '../node/lineReader';
import { parseImportedRow } from './importedRow';
import type { IndexCache } from './indexCache';
import { RowIndex, type RowPosition } from './rowIndex';
import { lineOfByte, scanRows } from './scanRows';

/** Parsed rows kept; a screen of the queue and the samples around the current one. */
const MAX_CACHED_ROWS = 512;
/** A dataset is open when this many rows are found; the rest follows. */
const FIRST_ROWS = 200;
/** Read at once when all rows are wanted. */
const BLOCK_BYTES = 4 * 1024 * 1024;

/** @returns `undefined` for a blank row */
type RowParser = (found: FileLine) => RowResult | undefined;

interface RowsFile {
  readonly rowsFile: string;
  readonly container: RowContainer;
  readonly parse: RowParser;
  readonly hasText: boolean;
  readonly isMapped: boolean;
}

/**
 * A dataset of any size. Rows are numbered from 0, blank lines left out. They are found in the
 * background: `rowCount` grows until {@link Dataset.indexed}. Close it when done.
 */
export class Dataset {
  /** more rows were found, or the last one */
  readonly onGrow = new Emitter<void>();
  /** Resolves when all rows are found, or the file can't be read on (`fault`). */
  readonly indexed: Promise<void>;
  readonly #cache = new Map<number, RowResult>();
  readonly #unreadable = new Set<number>();
  readonly #closing = new AbortController();
  #index = new RowIndex();
  #doneBytes = 0;
  #isComplete = false;
  #fault: EncodedError | undefined;
  #opened: () => void = () => undefined;

  private constructor(
    readonly path: string,
    readonly source: FileSource,
    readonly keptIndexes: IndexCache | undefined,
    readonly identity: string,
    readonly container: RowContainer,
    readonly parse: RowParser,
    /** rows stand on lines that a text editor can show */
    readonly hasText: boolean,
    /** a person named the columns of the rows */
    readonly isMapped: boolean,
  ) {
    const opened = new Promise<void>((resolve) => {
      this.#opened = resolve;
    });
    this.indexed = this.#scan();
    this.hasFirstRows = Promise.race([opened, this.indexed]);
  }

  /** There is something to show. */
  readonly hasFirstRows: Promise<void>;

  /**
   * Resolves with the first rows; the others follow.
   * @param kept indexes of large files
   * @param mapped reads the rows, by columns that a person named
   * @throws AppError as reading a candidate file does
   */
  static async open(path: string, kept?: IndexCache, mapped?: RowFormat): Promise<Dataset> {
    const container = await requireCandidateFile(path);
    const mapping = await mappingBeside(path);
    const parse: RowParser = (found) => parseCandidateLine(found, 'safe', mapping, mapped);
    return Dataset.#of(
      path,
      { rowsFile: path, container, parse, hasText: true, isMapped: mapped !== undefined },
      kept,
    );
  }

  /**
   * The same for a dataset whose rows are read from a copy.
   * @param rowsFile as `DatasetImports` gives it
   * @param isMapped the copy was made by columns that a person named
   */
  static openCopy(
    path: string,
    rowsFile: string,
    kept?: IndexCache,
    isMapped = false,
  ): Promise<Dataset> {
    const parse: RowParser = ({ bytes, line }) => parseImportedRow(bytes, line);
    return Dataset.#of(
      path,
      { rowsFile, container: 'lines', parse, hasText: false, isMapped },
      kept,
    );
  }

  static async #of(path: string, rows: RowsFile, kept?: IndexCache): Promise<Dataset> {
    const { rowsFile, container, parse, hasText, isMapped } = rows;
    const source = await openFileSource(rowsFile);
    const identity = await fileIdentity(rowsFile);
    const dataset = new Dataset(path, source, kept, identity, container, parse, hasText, isMapped);
    await dataset.hasFirstRows;
    return dataset;
  }

  async #scan(): Promise<void> {
    const { source, keptIndexes, identity } = this;
    try {
      const name = await keptIndexes?.nameOf(source, identity);
      const known = name === undefined ? undefined : await keptIndexes?.read(name);
      if (known !== undefined) {
        this.#index = known;
        return;
      }
      const onProgress = (doneBytes: number): void => this.#progress(doneBytes);
      await scanRows(source, this.#index, onProgress, this.#closing.signal);
      if (name !== undefined) {
        await keptIndexes?.write(name, this.#index);
      }
    } catch (error) {
      this.#fault = isCancelled(error) ? undefined : encodeError(error);
    } finally {
      this.#doneBytes = source.sizeBytes;
      this.#isComplete = true;
      this.onGrow.fire();
    }
  }

  #progress(doneBytes: number): void {
    this.#doneBytes = doneBytes;
    if (this.rowCount >= FIRST_ROWS) {
      this.#opened();
      this.onGrow.fire();
    }
  }

  /** Rows found so far. */
  get rowCount(): number {
    return this.#index.count;
  }

  /** All rows are found, or as many as can be. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** How much of the file is scanned, from 0 to 1. */
  get indexedShare(): number {
    return this.#isComplete ? 1 : this.#doneBytes / Math.max(1, this.source.sizeBytes);
  }

  /** Why rows are missing. */
  get fault(): EncodedError | undefined {
    return this.#fault;
  }

  /** Rows that turned out to be bad when they were read. */
  get unreadable(): ReadonlySet<number> {
    return this.#unreadable;
  }

  /**
   * Line of the text on which a row begins, from 1: a list numbers its elements instead.
   * @returns `undefined` outside the dataset
   */
  async textLineOf(row: number): Promise<number | undefined> {
    const position = this.#index.at(row);
    return position === undefined || this.container === 'lines'
      ? position?.line
      : lineOfByte(this.source, position.offset, this.#closing.signal);
  }

  /** Line of a row in the file, from 1; in a list, its place. */
  lineOf(row: number): number | undefined {
    return this.#index.at(row)?.line;
  }

  /** Row that stands on a line of the file, if it is found by now. */
  rowAt(line: number): number | undefined {
    return this.#index.rowAt(line);
  }

  /** Row that stands on a line of the file, as soon as it is found. */
  async findRow(line: number): Promise<number | undefined> {
    const last = this.lineOf(this.rowCount - 1) ?? 0;
    if (last < line) {
      await this.indexed;
    }
    return this.rowAt(line);
  }

  /** @returns `undefined` outside the dataset */
  async row(row: number): Promise<RowResult | undefined> {
    const cached = this.#cache.get(row);
    if (cached !== undefined) {
      return cached;
    }
    const position = this.#index.at(row);
    if (position === undefined) {
      return undefined;
    }
    const { offset, sizeBytes } = position;
    const bytes =
      sizeBytes > MAX_LINE_BYTES ? undefined : await this.source.read(offset, sizeBytes);
    const parsed = this.#parse(row, position, bytes);
    this.#keep(row, parsed);
    return parsed;
  }

  /**
   * Reads rows ahead, as far as they are not there: those that lie side by side in the file at once.
   * Then {@link Dataset.row} gives them without the disk. At most as many as are kept.
   */
  async load(rows: readonly number[]): Promise<void> {
    const missing = rows
      .slice(0, MAX_CACHED_ROWS)
      .filter((row) => row < this.rowCount && !this.#cache.has(row));
    await Promise.all(
      this.#blocksOf(missing.sort((a, b) => a - b)).map((each) => this.#load(each)),
    );
  }

  /** Neighbours in blocks that are read at once. @param rows ascending */
  #blocksOf(rows: readonly number[]): readonly (readonly [row: number, at: RowPosition][])[] {
    const blocks: [number, RowPosition][][] = [];
    for (const row of rows) {
      const at = this.#index.at(row);
      const block = blocks.at(-1);
      const start = block?.[0]?.[1].offset ?? 0;
      if (at === undefined) {
        continue;
      }
      if (block?.at(-1)?.[0] === row - 1 && at.offset + at.sizeBytes - start <= BLOCK_BYTES) {
        block.push([row, at]);
      } else {
        blocks.push([[row, at]]);
      }
    }
    return blocks;
  }

  async #load(block: readonly (readonly [row: number, at: RowPosition])[]): Promise<void> {
    const [first, last] = [block[0]?.[1], block.at(-1)?.[1]];
    if (first === undefined || last === undefined) {
      return;
    }
    const sizeBytes = last.offset + last.sizeBytes - first.offset;
    const bytes =
      sizeBytes > MAX_LINE_BYTES ? undefined : await this.source.read(first.offset, sizeBytes);
    for (const [row, at] of block) {
      const from = at.offset - first.offset;
      this.#keep(row, this.#parse(row, at, bytes?.subarray(from, from + at.sizeBytes)));
    }
  }

  #keep(row: number, parsed: RowResult | undefined): void {
    if (parsed !== undefined) {
      if (this.#cache.size >= MAX_CACHED_ROWS) {
        this.#cache.delete(this.#cache.keys().next().value ?? row);
      }
      this.#cache.set(row, parsed);
    }
  }

  /** All rows found so far, in order; what lies together in the file is read together. */
  async *rows(): AsyncGenerator<readonly [row: number, result: RowResult]> {
    const { rowCount } = this;
    for (let row = 0; row < rowCount;) {
      const first = this.#index.at(row);
      let next = row;
      let end = first?.offset ?? 0;
      for (let at = first; at !== undefined && next < rowCount; at = this.#index.at(next)) {
        const after = at.offset + at.sizeBytes;
        if (next > row && after - (first?.offset ?? 0) > BLOCK_BYTES) {
          break;
        }
        end = after;
        next += 1;
      }
      const start = first?.offset ?? 0;
      const block =
        end - start > MAX_LINE_BYTES ? undefined : await this.source.read(start, end - start);
      for (; row < next; row += 1) {
        const at = this.#index.at(row) ?? { line: 0, offset: start, sizeBytes: 0 };
        const from = at.offset - start;
        const parsed = this.#parse(row, at, block?.subarray(from, from + at.sizeBytes));
        if (parsed !== undefined) {
          yield [row, parsed];
        }
      }
    }
  }

  /** @param bytes of the row; `undefined` when there are too many */
  #parse(
    row: number,
    { line, offset, sizeBytes }: RowPosition,
    bytes: Uint8Array | undefined,
  ): RowResult | undefined {
    const parsed = this.parse({
      line,
      offset,
      sizeBytes,
      bytes: bytes && withoutMark(bytes, row),
      ended: true,
    });
    if (parsed?.ok === false) {
      this.#unreadable.add(row);
    }
    return parsed;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.onGrow.dispose();
    // nothing reads any more
    await this.indexed;
    await this.source.close();
  }
}

/** Drops the byte order mark, which only the first row can have. */
function withoutMark(bytes: Uint8Array, row: number): Uint8Array {
  return row === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    ? bytes.subarray(3)
    : bytes;
}
