// Where the parquet library writes to: a file that grows beside its final name, a group at a time.

import { ByteWriter, type ParquetWriter } from 'hyparquet-writer';
import type { PartialFile } from '../../node/atomicFile';

export class ParquetBytes extends ByteWriter {
  constructor(readonly file: PartialFile) {
    super();
  }

  /** The library calls it after each group. @throws AppError `OUTPUT_FAILED` */
  flush(): Promise<void> {
    return this.file.write(this.take());
  }

  /** What was not flushed yet; it counts as written. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.getBuffer());
    this.index = 0;
    return bytes;
  }

  /** The next byte stands there: what comes before was not written through this. */
  startAt(offset: number): void {
    this.index = 0;
    this.offset = offset;
  }
}

/** Schema of a list of numbers, each of which and itself may be missing. */
export function listColumn(name: string, type: 'DOUBLE' | 'INT32'): SchemaElements {
  return [
    {
      name,
      repetition_type: 'OPTIONAL',
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', type },
  ];
}

export type SchemaElements = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

/** Key of what a parquet sheet says of itself, beside its columns. */
export const SHEET_KEY = 'rewardlens';
