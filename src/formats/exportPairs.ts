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
  /** newline included */
  readonly rows: readonly { readonly pair: PreferencePair; readonly text: string }[];
  readonly skipped: readonly SkippedPair[];
}

export interface FormatOptions {
  /** turns a media path of a sample into one that holds in the exported file */
  readonly toExportedPath: (path: string) => string;
  /**
   * rows say which answers were edited or written in the review (`edited_chosen`,
   * `edited_rejected`, as trainers name such columns)
   */
  readonly marksEdits: boolean;
}

export function formatPairs(
  pairs: readonly PreferencePair[],
  format: ExportFormat,
  { toExportedPath, marksEdits }: FormatOptions,
): ExportedRows {
  const rows: { pair: PreferencePair; text: string }[] = [];
  const skipped: SkippedPair[] = [];
  for (const pair of pairs) {
    const exported = WRITERS[format](pair, toExportedPath);
    if (exported.ok) {
      const { chosen, rejected } = pair.edited;
      const marks = marksEdits ? { edited_chosen: chosen, edited_rejected: rejected } : {};
      rows.push({ pair, text: `${JSON.stringify({ ...exported.row, ...marks })}\n` });
    } else {
      const { line, id } = pair.sample;
      skipped.push({ line, id, reason: exported.reason });
    }
  }
  return { rows, skipped };
}
