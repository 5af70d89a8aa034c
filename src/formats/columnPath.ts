// Columns inside columns: `meta.answer.text` names a value below the top level of a row.

import { isRow, type Row } from './rows/rowFormat';

/**
 * The value that a column's name stands for. A column that is called so itself goes first; else each
 * part between dots names a key, or a place in a list, counted from 0.
 * @returns `undefined` where there is none
 */
export function valueAt(row: Row, name: string): unknown {
  if (Object.hasOwn(row, name)) {
    return row[name];
  }
  let value: unknown = row;
  for (const part of name.split('.')) {
    if (Array.isArray(value) && /^\d+$/.test(part)) {
      value = (value as readonly unknown[])[Number(part)];
    } else if (isRow(value) && Object.hasOwn(value, part)) {
      value = value[part];
    } else {
      return undefined;
    }
  }
  return value;
}
