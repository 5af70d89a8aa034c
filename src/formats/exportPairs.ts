// Preference pairs to the rows of an export file.

import type { ExportedPair, PreferencePair, SkippedPair } from './preferencePair';
import { toTrlRow } from './trlVision';

/** Names of export formats. */
export const EXPORT_FORMATS = ['trl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Writer = (
  pair: PreferencePair,
  toExportedPath: (path: string) => string,
) => ExportedPair<object>;

const WRITERS: Readonly<Record<ExportFormat, Writer>> = { trl: toTrlRow };

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
    const exported = WRITERS[format](pair, toExportedPath);
    if (exported.ok) {
      lines.push(`${JSON.stringify(exported.row)}\n`);
    } else {
      const { line, id } = pair.sample;
      skipped.push({ line, id, reason: exported.reason });
    }
  }
  return { lines, skipped };
}
