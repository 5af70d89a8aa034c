// The files of an export: set aside row by row, and given their names all together.

import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import type { FormattedRow, PairFormat, RowFile } from '../formats/exports/pairFormat';
import { PartialFile } from '../node/atomicFile';
import { baseName, fileSizeBytes, joinPath } from '../node/folder';
import { LineSpool } from '../node/lineSpool';
import { outputTarget } from '../node/outputPath';
import { readSmallText } from '../node/smallFile';
import { TableColumns } from './tableColumns';

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
  readonly columns: TableColumns;
  rows: number;
  bytes: number;
  spool: LineSpool | undefined;
  /** rows that come before the others, see {@link TableColumns}; by their place */
  readonly leaders: Map<number, Uint8Array>;
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
        const state = { columns: new TableColumns(), rows: 0, bytes: 0, spool: undefined };
        return { path, name: baseName(path), part, isTest, leaders: new Map(), ...state };
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
    const { shape, leads } = file.columns.add(row, file.bytes);
    const line = `${shape}\t${JSON.stringify(marks)}\t${JSON.stringify(row)}`;
    if (leads && this.plan.format.isTable) {
      file.leaders.set(file.rows, Buffer.from(line));
    }
    await file.spool.add(line);
    file.rows += 1;
    file.bytes += line.length;
    this.#hasEdits ||= Object.values(marks).includes(true);
  }

  /** Writes all files and only then gives them their names. @throws AppError `OUTPUT_FAILED` */
  async commit(signal?: AbortSignal): Promise<void> {
    const { folder } = this.plan.format;
    const partial: PartialFile[] = [];
    let isDone = false;
    try {
      // a trainer can't read a list of no rows; a lone file says by being there that there are none
      for (const file of this.#files.filter(({ rows }) => folder === undefined || rows > 0)) {
        const target = await PartialFile.create(file.path);
        partial.push(target);
        await this.#write(file, target, signal);
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

  /** Files of earlier exports of this dataset to this place, which this one has no rows for. */
  async left(): Promise<readonly string[]> {
    const { format, out, dataset } = this.plan;
    const { folder } = format;
    const names = [false, true].flatMap((isTest) =>
      folder === undefined
        ? [sidePath(out, isTest)]
        : folder.parts.map((part) => joinPath(out, folder.fileName(dataset, part, isTest))),
    );
    const written = this.#files.filter(({ rows }) => folder === undefined || rows > 0);
    const others = names.filter((name) => written.every(({ path }) => path !== name));
    const sizes = await Promise.all(others.map(fileSizeBytes));
    return others.filter((_, n) => sizes[n] !== undefined);
  }

  /** Takes away what was set aside. */
  async close(): Promise<void> {
    for (const { spool } of this.#files) {
      await spool?.remove();
    }
  }

  async #write(file: OutputFile, target: PartialFile, signal?: AbortSignal): Promise<void> {
    const isArray = this.plan.format.container === 'array';
    const [before, between, after] = isArray ? ['[\n', ',\n', '\n]\n'] : ['', '\n', '\n'];
    let pieces: Uint8Array[] = [Buffer.from(before)];
    let pendingBytes = 0;
    let isFirst = true;
    for await (const line of inOrder(file)) {
      const row = [...(isFirst ? [] : [Buffer.from(between)]), ...this.#rowPieces(file, line)];
      pieces.push(...row);
      pendingBytes += row.reduce((sum, { byteLength }) => sum + byteLength, 0);
      isFirst = false;
      if (pendingBytes >= PIECE_BYTES) {
        throwIfAborted(signal);
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

  #rowPieces({ columns }: OutputFile, line: Uint8Array): readonly Uint8Array[] {
    const second = line.indexOf(SEPARATOR);
    const third = line.indexOf(SEPARATOR, second + 1);
    const marks = line.subarray(second + 1, third);
    const lacking = columns.lacking(Number(Buffer.from(line.subarray(0, second)).toString()));
    const isWhole = !this.plan.format.isTable || Object.keys(lacking).length === 0;
    const row = line.subarray(third + 1);
    const all = isWhole ? [row] : joined(this.#evened(row, columns.names), toBytes(lacking));
    const last = all.at(-1);
    return last !== undefined && this.#hasEdits && marks.byteLength > NO_MARKS.length
      ? [...all.slice(0, -1), ...joined(last, marks)]
      : all;
  }

  /** A row that lacks columns, in the shape of those that have them. */
  #evened(row: Uint8Array, columns: ReadonlySet<string>): Uint8Array {
    const { evened } = this.plan.format;
    return evened === undefined
      ? row
      : toBytes(
          evened(
            JSON.parse(Buffer.from(row).toString()) as Readonly<Record<string, unknown>>,
            columns,
          ),
        );
  }

  /** Lists of datasets as they will be. */
  async #lists(): Promise<readonly { readonly path: string; readonly text: string }[]> {
    const { format, out, dataset } = this.plan;
    const { folder } = format;
    if (folder === undefined) {
      return [];
    }
    const byList = new Map<string, { files: RowFile[]; gone: string[] }>();
    for (const isTest of [false, true]) {
      const list = joinPath(out, folder.listName(isTest));
      const { files, gone } = byList.get(list) ?? { files: [], gone: [] };
      byList.set(list, { files, gone });
      for (const part of folder.parts) {
        const file = this.#files.find((each) => each.part === part && each.isTest === isTest);
        const name = folder.fileName(dataset, part, isTest);
        if (file !== undefined && file.rows > 0) {
          files.push({ dataset, name, rows: file.rows, columns: file.columns.names });
        } else {
          gone.push(name);
        }
      }
    }
    const lists: { path: string; text: string }[] = [];
    for (const [path, { files, gone }] of byList) {
      const isThere = (await fileSizeBytes(path)) !== undefined;
      const existing = isThere ? await readSmallText(path, MAX_LIST_BYTES) : undefined;
      const text = folder.list(existing, files, gone, path);
      if (files.length > 0 || (existing !== undefined && text !== existing)) {
        lists.push({ path, text });
      }
    }
    return lists;
  }
}

/** Two objects as JSON, none of them empty, as one. */
function joined(first: Uint8Array, second: Uint8Array): readonly Uint8Array[] {
  return [first.subarray(0, -1), Buffer.from(','), second.subarray(1)];
}

function toBytes(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Lines as they were set aside, those before the others that lead. */
async function* inOrder({ spool, leaders }: OutputFile): AsyncGenerator<Uint8Array> {
  yield* leaders.values();
  let place = 0;
  for await (const line of spool?.lines() ?? []) {
    if (!leaders.has(place)) {
      yield line;
    }
    place += 1;
  }
}

/** `pairs.jsonl` and `pairs.test.jsonl`. */
function sidePath(out: string, isTest: boolean): string {
  const name = baseName(out);
  const ending = /[^.](\.[^.]+)$/.exec(name)?.[1] ?? '';
  return isTest ? `${out.slice(0, out.length - ending.length)}.test${ending}` : out;
}
