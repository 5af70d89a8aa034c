// The columns of a dataset, from its first rows: names, kinds of values, and an example of each.

import { isRow, type Row } from './rows/rowFormat';

export const COLUMN_KINDS = ['text', 'number', 'boolean', 'list', 'object', 'null'] as const;
/** `null`: no value in the rows that were looked at. */
export type ColumnKind = (typeof COLUMN_KINDS)[number];

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** the first value that is not null */
  readonly example: unknown;
}

/** Kinds by name: files of one shape are read alike. */
export type FileShape = Readonly<Record<string, ColumnKind>>;

/** In the order in which they first appear. */
export function columnsOf(rows: readonly Row[]): Column[] {
  const found = new Map<string, Column>();
  for (const row of rows) {
    for (const [name, example] of Object.entries(row)) {
      const known = found.get(name);
      if (known === undefined || (known.kind === 'null' && example !== null)) {
        found.set(name, { name, kind: kindOf(example), example });
      }
    }
  }
  return [...found.values()];
}

/** How deep columns inside columns are looked for, and how many there may be in all. */
const MAX_DEPTH = 4;
const MAX_SHOWN = 300;

/**
 * The columns, each with those inside it after it, named as `valueAt` takes them: keys of objects, and
 * of the objects in lists.
 */
export function withInnerColumns(columns: readonly Column[]): Column[] {
  const names = new Set(columns.map(({ name }) => name));
  return columns
    .flatMap((column) => [
      column,
      ...innerColumns(column, 1).filter((each) => !names.has(each.name)),
    ])
    .slice(0, Math.max(MAX_SHOWN, columns.length));
}

function innerColumns({ name, kind, example }: Column, depth: number): Column[] {
  if (depth >= MAX_DEPTH) {
    return [];
  }
  const rows = (kind === 'list' ? (example as readonly unknown[]) : [example]).filter(isRow);
  return columnsOf(rows).flatMap((inner) => {
    const path = `${name}.${inner.name}`;
    const column: Column =
      kind === 'list' // what all its objects have under the key is one column
        ? { name: path, kind, example: rows.map((row) => row[inner.name] ?? null) }
        : { ...inner, name: path };
    return [column, ...innerColumns(column, depth + 1)];
  });
}

/** By name, so that it does not depend on the order of columns. */
export function shapeOf(columns: readonly Column[]): FileShape {
  const byName = columns.map(({ name, kind }) => [name, kind] as const);
  return Object.fromEntries(byName.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same columns; one without a value may hold anything. */
export function isSameShape(a: FileShape, b: FileShape): boolean {
  const names = Object.keys(a);
  return (
    names.length > 0 &&
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [one, other] = [a[name], Object.hasOwn(b, name) ? b[name] : undefined];
      return other !== undefined && (one === other || one === 'null' || other === 'null');
    })
  );
}

function kindOf(value: unknown): ColumnKind {
  if (value === null || value === undefined) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return 'list';
  }
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'object';
  }
}
