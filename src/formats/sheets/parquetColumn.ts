// A parquet dataset with its rewards: a copy, byte for byte, and a column behind it.

import { ParquetWriter } from 'hyparquet-writer';
import { AppError, errorText } from '../../base/errors';
import type { PartialFile } from '../../node/atomicFile';
import { openFileSource, type FileSource } from '../../node/fileSource';
import { fileIdentity } from '../../node/folder';
import { describeParquet, TAIL_BYTES, toBuffer } from '../parquetFile';
import { readThrift, writeThrift, type ThriftStruct } from './compactThrift';
import { listColumn, ParquetBytes, SHEET_KEY } from './parquetBytes';
import { columnNames, groupRows, isEncrypted, withColumn } from './parquetFooter';
import type { SheetRow, SheetWriter } from './scoreSheet';

const NAME = 'rewards';
const COPY_BYTES = 4 * 1024 * 1024;

/**
 * Copies a dataset and goes on with a column `rewards` (`rewards_2` and so on when there is one of that
 * name: nothing of the dataset is changed): a list of doubles for each row, in the order of its
 * answers, null where there is none. The pages of the other columns are not even decoded.
 * @throws AppError as reading the dataset does, `OUTPUT_FAILED`
 */
export async function openAddedColumn(path: string, file: PartialFile): Promise<SheetWriter> {
  const identity = await fileIdentity(path);
  const source = await openFileSource(path);
  try {
    const footer = await readFooter(source);
    const endBytes = await copyColumns(source, footer.offset, file);
    return new AddedColumn(path, identity, footer.tree, file, endBytes);
  } finally {
    await source.close();
  }
}

/** The description of a file, and where it begins. */
async function readFooter(source: FileSource): Promise<{ tree: ThriftStruct; offset: number }> {
  const { metadata_length: sizeBytes } = await describeParquet(source, toBuffer(source));
  const offset = source.sizeBytes - TAIL_BYTES - sizeBytes;
  const fail = (what: string): AppError =>
    new AppError('FILE_UNREADABLE', `${source.name}: ${what}`, { file: source.name });
  let tree: ThriftStruct;
  try {
    tree = readThrift(await source.read(offset, sizeBytes));
  } catch (error) {
    throw fail(`the footer of the parquet file can't be read: ${errorText(error)}`);
  }
  if (isEncrypted(tree)) {
    throw fail('the parquet file is signed or encrypted: no column can be added');
  }
  return { tree, offset };
}

async function copyColumns(
  source: FileSource,
  endBytes: number,
  file: PartialFile,
): Promise<number> {
  for (let at = 0; at < endBytes; at += COPY_BYTES) {
    await file.write(await source.read(at, Math.min(COPY_BYTES, endBytes - at)));
  }
  return endBytes;
}

class AddedColumn implements SheetWriter {
  readonly addedColumn: string;
  readonly #bytes: ParquetBytes;
  readonly #parquet: ParquetWriter;
  readonly #groups: number[];
  readonly #models = new Set<string>();
  #rewards: ((number | null)[] | null)[] = [];

  constructor(
    readonly path: string,
    readonly identity: string,
    readonly footer: ThriftStruct,
    readonly file: PartialFile,
    endBytes: number,
  ) {
    this.addedColumn = freeName(columnNames(footer));
    this.#groups = groupRows(footer).filter((rows) => rows > 0);
    this.#bytes = new ParquetBytes(file);
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: 'schema', num_children: 1 }, ...listColumn(this.addedColumn, 'DOUBLE')],
    });
    this.#bytes.startAt(endBytes);
  }

  async write({ row }: SheetRow): Promise<void> {
    this.#rewards.push(row.rewards.length === 0 ? null : [...row.rewards]);
    this.#models.add(row.model);
    if (this.#rewards.length === this.#groups[this.#parquet.row_groups.length]) {
      const data = this.#rewards;
      this.#rewards = [];
      const columnData = [{ name: this.addedColumn, data }];
      await this.#parquet.write({ columnData, rowGroupSize: data.length });
    }
  }

  async finish(): Promise<void> {
    const isWhole =
      this.#rewards.length === 0 && this.#parquet.row_groups.length === this.#groups.length;
    if (!isWhole || (await fileIdentity(this.path)) !== this.identity) {
      throw new AppError('OUTPUT_FAILED', `${this.path}: has changed while it was scored`, {
        file: this.path,
      });
    }
    await this.#parquet.finish();
    const rest = this.#bytes.take();
    const footerBytes = new DataView(rest.buffer).getUint32(rest.length - TAIL_BYTES, true);
    const indexBytes = rest.length - TAIL_BYTES - footerBytes;
    const about = { rewards: this.addedColumn, rows: 'dataset', models: [...this.#models] };
    const tree = withColumn(
      this.footer,
      readThrift(rest.subarray(indexBytes, rest.length - TAIL_BYTES)),
      this.addedColumn,
      [[SHEET_KEY, JSON.stringify(about)]],
    );
    const footer = writeThrift(tree);
    const tail = new Uint8Array(TAIL_BYTES);
    new DataView(tail.buffer).setUint32(0, footer.length, true);
    tail.set(new TextEncoder().encode('PAR1'), TAIL_BYTES / 2);
    for (const part of [rest.subarray(0, indexBytes), footer, tail]) {
      await this.file.write(part);
    }
  }
}

/** Some readers take names that differ in case for the same. */
function freeName(names: readonly string[]): string {
  const taken = new Set(names.map((each) => each.toLowerCase()));
  let name = NAME;
  for (let n = 2; taken.has(name); n += 1) {
    name = `${NAME}_${n}`;
  }
  return name;
}
