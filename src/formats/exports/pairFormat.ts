// What a trainer's format is: how pairs become rows, and rows files.

import { marginOf, type PreferencePair } from '../preferencePair';

/** An image or a video as it is named in an export. */
export interface ExportedMedium {
  /** holds in the exported file */
  readonly path: string;
  /** its content as a `data:` URL; absent unless media are embedded */
  readonly dataUrl?: string;
  /** of a video that comes as pictures: these are to be named in its place */
  readonly frames?: readonly ExportedMedium[];
}

/** A medium as rows write it: with its content where that is embedded, a list of frames as a list. */
export function written({ path, dataUrl, frames }: ExportedMedium): unknown {
  return frames === undefined ? (dataUrl ?? path) : frames.map(written);
}

export interface RowContext {
  /** @param path as the sample names it */
  readonly mediumOf: (path: string) => ExportedMedium;
  /** the export has rewards: formats with margins write them */
  readonly hasRewards: boolean;
}

export interface FormattedRow {
  readonly row: object;
  /** which answers were edited or written in the review, as columns: written when any row has one */
  readonly marks: object;
  /** name of the part of the export that the row belongs to, where a format has several */
  readonly part?: string;
}

/** What a format makes of the pairs of one sample. */
export interface FormattedSample {
  readonly rows: readonly FormattedRow[];
  /** pairs that the rows hold */
  readonly held: readonly PreferencePair[];
  /** why others are left out, one reason each */
  readonly reasons: readonly string[];
}

/** A file with rows. */
export interface RowFile {
  /** of the exported dataset: letters, digits, `_` and `-` */
  readonly dataset: string;
  /** path in the folder of the export */
  readonly name: string;
  readonly rows: number;
  /** keys that at least one row has */
  readonly columns: ReadonlySet<string>;
}

/** How the files of a format with several of them are called, and the one that lists the others. */
export interface FolderLayout {
  /** all names of parts; one empty name for a format without */
  readonly parts: readonly string[];
  /** @param part one of `parts` */
  readonly fileName: (dataset: string, part: string, isTest: boolean) => string;
  readonly listName: (isTest: boolean) => string;
  /**
   * The list of datasets with these files in it; whatever else it holds stays.
   * @param existing the list as it is
   * @param gone names of files of this export that it has no rows for: their entries go
   * @throws AppError `OUTPUT_FAILED` when that can't be read as such a list
   */
  readonly list: (
    existing: string | undefined,
    files: readonly RowFile[],
    gone: readonly string[],
    path: string,
  ) => string;
}

export interface PairFormat {
  /** a row a line, or one JSON array */
  readonly container: 'lines' | 'array';
  /**
   * Read as a table, so that every row must have every column; rows of others have what they hold: their
   * trainers ask whether a key is there.
   */
  readonly isTable: boolean;
  /** a row without some of the columns in the shape of those that have them */
  readonly evened?: (
    row: Readonly<Record<string, unknown>>,
    columns: ReadonlySet<string>,
  ) => object;
  /** rows can hold the content of media */
  readonly embeds: boolean;
  /**
   * Rows can hold a video as a list of its frames: `alone` where an export then has no video files,
   * because the trainer reads it as a table whose columns hold one kind each.
   */
  readonly frameLists?: 'alone' | 'beside files';
  /** set when the export is a folder */
  readonly folder?: FolderLayout;
  readonly toRows: (pairs: readonly PreferencePair[], context: RowContext) => FormattedSample;
}

/** A row of an export, or why the format can't hold the pair. */
export type ExportedPair =
  | { readonly ok: true; readonly row: object; readonly part?: string }
  | { readonly ok: false; readonly reason: string };

export type PairWriter = (pair: PreferencePair, context: RowContext) => ExportedPair;

export function leftOut(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** Rows of a format that has one for each pair. */
export function rowPerPair(write: PairWriter): PairFormat['toRows'] {
  return (pairs, context) => {
    const rows: FormattedRow[] = [];
    const held: PreferencePair[] = [];
    const reasons: string[] = [];
    for (const pair of pairs) {
      const exported = write(pair, context);
      if (exported.ok) {
        const { row, part } = exported;
        rows.push({ row, marks: editMarks(pair), ...(part === undefined ? {} : { part }) });
        held.push(pair);
      } else {
        reasons.push(exported.reason);
      }
    }
    return { rows, held, reasons };
  };
}

/** Named as trainers name such columns. */
export function editMarks({ chosen, rejected }: PreferencePair): object {
  return { edited_chosen: chosen.edited, edited_rejected: rejected.edited };
}

/**
 * The margin as a column of a row. A trainer takes it from every row or from none, so without
 * rewards there is none, and with them a pair whose margin is not known has no row. It says by how much
 * the chosen answer is better: where people preferred the answer of the lower reward, not at all.
 */
export function marginColumn(
  pair: PreferencePair,
  { hasRewards }: RowContext,
):
  | { readonly ok: true; readonly columns: object }
  | { readonly ok: false; readonly reason: string } {
  if (!hasRewards) {
    return { ok: true, columns: {} };
  }
  const margin = marginOf(pair);
  return margin === undefined
    ? leftOut('an answer has no reward, so the margin is not known')
    : { ok: true, columns: { margin: Math.max(0, margin) } };
}
