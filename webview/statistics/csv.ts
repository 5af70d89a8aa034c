// Tables as comma-separated values (RFC 4180), with all digits.

import type { Cell, FigureTable } from './figure';

export function toCsv({ columns, rows }: FigureTable): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  return lines.map((cells) => `${cells.map(field).join(',')}\r\n`).join('');
}

/** A field that a spreadsheet would take for a formula begins with an apostrophe. */
function field(cell: Cell): string {
  if (typeof cell !== 'string') {
    return cell === undefined ? '' : String(cell);
  }
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
