// The files of an export: set aside row by row, and given their names all together.

import { AppError } from '../base/errors';
import type { FormattedRow, PairFormat, RowFile } from '../formats/exports/pairFormat';
import { PartialFile } from '../node/atomicFile';
import { baseName, fileSizeBytes, joinPath } from '../node/folder';
import { LineSpool } from '../node/lineSpool';
import { outputTarget } from '../node/outputPath';
import { readSmallText } from '../node/smallFile';

/** A list of datasets is a page of text. */
const MAX_LIST_BYTES = 16 * 1024 * 1024;
/** Written at once. */
const PIECE_BYTES = 1 << 16;
/** JSON holds no bare one */
const SEPARATOR = 9;
const NO_MARKS = '{}';

interface OutputFile {
  readonly path: string;
  readonly name: string;
  readonly part: string;
  readonly isTest: boolean;
  readonly columns: Set<string>;
  rows: number;
  spool: LineSpool | undefined;
}

/** Which files an export has. */
export interface OutputPlan {
  readonly format: PairFormat;
  readonly out: string;
  /** name of the dataset in folders: letters, digits, `_` and `-` */
  readonly dataset: string;
  /** there is a test split */
  readonly hasTest: boolean;
}

export class PairOutput {
  readonly #files: readonly OutputFile[];
  #hasEdits = false;

  /** @throws AppError `USAGE` for a test split where it has no place, `OUTPUT_FAILED` */
  static async open(plan: OutputPlan): Promise<PairOutput> {
    const { format, out, hasTest } = plan;
    if (format.folder === undefined && hasTest && (await outputTarget(out)).isStream) {
      throw new AppError('USAGE', `${out}: a test split needs a file of its own beside it`);
    }
    const output = new PairOutput(plan);
    await output.#lists(); // can they be read at all?
    return output;
  }

  private constructor(readonly plan: OutputPlan) {
    const { format, out, dataset, hasTest } = plan;
    const sides = hasTest ? [false, true] : [false];
    this.#files = sides.flatMap((isTest) =>
      (format.folder?.parts ?? ['']).map((part) => {
        const path =
          format.folder === undefined
            ? sidePath(out, isTest)
            : joinPath(out, format.folder.fileName(dataset, part, isTest));
        const state = { columns: new Set<string>(), rows: 0, spool: undefined };
        return { path, name: baseName(path), part, isTest, ...state };
      }),
    );
  }

  /** All files that may be written. */
  get paths(): readonly string[] {
    const { format, out } = this.plan;
    const lists = new Set(
      this.#files.flatMap(({ isTest }) =>
        format.folder === undefined ? [] : [joinPath(out, format.folder.listName(isTest))],
      ),
    );
    return [...this.#files.map(({ path }) => path), ...lists];
  }

  /** @throws AppError `OUTPUT_FAILED` */
  async add({ row, marks, part = '' }: FormattedRow, isTest: boolean): Promise<void> {
    const file = this.#files.find((each) => each.part === part && each.isTest === isTest);
    if (file === undefined) {
      throw new AppError('INTERNAL', `no file for ${part} rows`);
    }
    file.spool ??= await LineSpool.beside(file.path);
    await file.spool.add(`${JSON.stringify(marks)}\t${JSON.stringify(row)}`);
    file.rows += 1;
    this.#hasEdits ||= Object.values(marks).includes(true);
    for (const column of Object.keys(row)) {
      file.columns.add(column);
    }
  }

  /** Writes all files and only then gives them their names. @throws AppError `OUTPUT_FAILED` */
  async commit(): Promise<void> {
    const { folder } = this.plan.format;
    const partial: PartialFile[] = [];
    let isDone = false;
    try {
      // a trainer can't read a list of no rows; a lone file says by being there that there are none
      for (const file of this.#files.filter(({ rows }) => folder === undefined || rows > 0)) {
        const target = await PartialFile.create(file.path);
        partial.push(target);
        await this.#write(file, target);
      }
      for (const { path, text } of await this.#lists()) {
        const target = await PartialFile.create(path);
        partial.push(target);
        await target.write(text);
      }
      for (const target of partial) {
        await target.flush();
      }
      for (const target of partial) {
        await target.commit();
      }
      isDone = true;
    } finally {
      if (!isDone) {
        await Promise.allSettled(partial.map((target) => target.abandon(true)));
      }
    }
  }

  /** Takes away what was set aside. */
  async close(): Promise<void> {
    for (const { spool } of this.#files) {
      await spool?.remove();
    }
  }

  async #write({ spool }: OutputFile, target: PartialFile): Promise<void> {
    const isArray = this.plan.format.container === 'array';
    const [before, between, after] = isArray ? ['[\n', ',\n', '\n]\n'] : ['', '\n', '\n'];
    let pieces: Uint8Array[] = [Buffer.from(before)];
    let pendingBytes = 0;
    let isFirst = true;
    for await (const line of spool?.lines() ?? []) {
      const row = [...(isFirst ? [] : [Buffer.from(between)]), ...this.#rowPieces(line)];
      pieces.push(...row);
      pendingBytes += row.reduce((sum, { byteLength }) => sum + byteLength, 0);
      isFirst = false;
      if (pendingBytes >= PIECE_BYTES) {
        await target.write(Buffer.concat(pieces));
        pieces = [];
        pendingBytes = 0;
      }
    }
    if (!isFirst || isArray) {
      pieces.push(Buffer.from(after));
    }
    await target.write(Buffer.concat(pieces));
  }

  /** All rows have the same keys: readers take the columns from the first ones. */
  #rowPieces(line: Uint8Array): readonly Uint8Array[] {
    const at = line.indexOf(SEPARATOR);
    const [marks, row] = [line.subarray(0, at), line.subarray(at + 1)];
    return this.#hasEdits && marks.byteLength > NO_MARKS.length
      ? [row.subarray(0, -1), Buffer.from(','), marks.subarray(1)]
      : [row];
  }

  /** Lists of datasets as they will be. */
  async #lists(): Promise<readonly { readonly path: string; readonly text: string }[]> {
    const { format, out, dataset } = this.plan;
    const { folder } = format;
    if (folder === undefined) {
      return [];
    }
    const byList = new Map<string, RowFile[]>();
    for (const { name, rows, columns, isTest } of this.#files) {
      const list = joinPath(out, folder.listName(isTest));
      const files = byList.get(list) ?? [];
      byList.set(list, rows > 0 ? [...files, { dataset, name, rows, columns }] : files);
    }
    const lists: { path: string; text: string }[] = [];
    for (const [path, files] of byList) {
      const isThere = (await fileSizeBytes(path)) !== undefined;
      const existing = isThere ? await readSmallText(path, MAX_LIST_BYTES) : undefined;
      const text = folder.list(existing, files, path);
      if (files.length > 0) {
        lists.push({ path, text });
      }
    }
    return lists;
  }
}

/** `pairs.jsonl` and `pairs.test.jsonl`. */
function sidePath(out: string, isTest: boolean): string {
  const name = baseName(out);
  const ending = /[^.](\.[^.]+)$/.exec(name)?.[1] ?? '';
  return isTest ? `${out.slice(0, out.length - ending.length)}.test${ending}` : out;
}
