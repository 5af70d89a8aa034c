// What a figure consists of: words, a table, and a way to draw it.

/** A cell: a number is formatted by its column, `undefined` is "–". */
export type Cell = string | number | undefined;

export interface Column {
  readonly title: string;
  /** of numbers; without it they are counts */
  readonly format?: (value: number) => string;
}

export interface FigureTable {
  readonly columns: readonly Column[];
  /** in reading order */
  readonly rows: readonly (readonly Cell[])[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Figure {
  /** of the element, unique on the page */
  readonly id: string;
  readonly title: string;
  /** how it is computed */
  readonly about: string;
  /** what the data say, in one sentence or two */
  readonly sentence: string;
  /** stands in place of the chart where there are too few cases */
  readonly missing: string | undefined;
  readonly table: FigureTable;
  /** @returns a picture of just this size, with the colours of the theme */
  draw(size: Size): SVGSVGElement;
}
