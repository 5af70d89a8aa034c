// Preference pairs to the rows of an export file.

import type { PreferencePair, SkippedPair } from './preferencePair';
import { toTrlRow } from './trlVision';

/** Names of export formats. */
export const EXPORT_FORMATS = ['trl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A row, or why the format can't hold the pair. */
type Writer = (
  pair: PreferencePair,
  toExportedPath: (path: string) => string,
) => { readonly row: object | undefined; readonly missing: string };

const WRITERS: Readonly<Record<ExportFormat, Writer>> = {
  trl: (pair, toExportedPath) => ({
    row: toTrlRow(pair, toExportedPath),
    missing: 'TRL has no place for videos',
  }),
};

export interface ExportedRows {
  readonly lines: readonly string[];
  readonly skipped: readonly SkippedPair[];
}

/**
 * @param toExportedPath turns a media path of a sample into one that holds in the exported file
 */
export function formatPairs(
  pairs: readonly PreferencePair[],
  format: ExportFormat,
  toExportedPath: (path: string) => string,
): ExportedRows {
  const lines: string[] = [];
  const skipped: SkippedPair[] = [];
  for (const pair of pairs) {
    const { row, missing } = WRITERS[format](pair, toExportedPath);
    if (row === undefined) {
      const { line, id } = pair.sample;
      skipped.push({ line, id, reason: missing });
    } else {
      lines.push(`${JSON.stringify(row)}\n`);
    }
  }
  return { lines, skipped };
}
