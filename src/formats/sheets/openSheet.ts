// Starts a score sheet of a kind.

import type { PartialFile } from '../../node/atomicFile';
import { isParquetFile } from '../readCandidateFile';
import { formatScoredRow } from '../scoredRow';
import { csvSheet } from './csvSheet';
import { openAddedColumn } from './parquetColumn';
import { parquetSheet } from './parquetSheet';
import type { SheetKind, SheetWriter } from './scoreSheet';

/**
 * @param datasets that are scored: of one parquet file a parquet sheet is a copy with a column more
 * @throws AppError as reading the dataset does, and `OUTPUT_FAILED`
 */
export async function openSheet(
  kind: SheetKind,
  file: PartialFile,
  datasets: readonly string[],
): Promise<SheetWriter> {
  switch (kind) {
    case 'jsonl':
      return {
        write: ({ row }) => file.write(formatScoredRow(row)),
        finish: () => Promise.resolve(),
      };
    case 'csv':
      return csvSheet(file);
    case 'parquet': {
      const [only, ...others] = datasets;
      return only !== undefined && others.length === 0 && (await isParquetFile(only))
        ? openAddedColumn(only, file)
        : parquetSheet(file);
    }
  }
}
