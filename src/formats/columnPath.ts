// Columns inside columns: `meta.answer.text` names a value below the top level of a row.

import { isRow, type Row } from './rows/rowFormat';

/**
 * The value that a column's name stands for. A column that is called so itself goes first; else each
 * part between dots names a key, or a place in a list, counted from 0. A key after a list stands for
 * what each of its objects has under it: `answers.text` for the texts of all answers.
 * @returns `undefined` where there is none
 */
export function valueAt(row: Row, name: string): unknown {
  return Object.hasOwn(row, name) ? row[name] : valueOf(row, name.split('.'));
}

function valueOf(value: unknown, [part, ...others]: readonly string[]): unknown {
  if (part === undefined) {
    return value;
  }
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    if (/^\d+$/.test(part)) {
      return valueOf(list[Number(part)], others);
    }
    const found = list.map((each) => valueOf(each, [part, ...others]));
    return found.every((each) => each === undefined) ? undefined : found;
  }
  return isRow(value) && Object.hasOwn(value, part) ? valueOf(value[part], others) : undefined;
}
