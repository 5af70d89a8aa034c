// Texts in cells of a table: spreadsheets compute what looks like a formula, whoever wrote it.

/** What Excel, LibreOffice or Google Sheets begin a formula with; full-width forms, too. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/;

/**
 * An apostrophe before what would be a formula makes it a text. Texts come from whoever made the
 * dataset; numbers are ours, so that -1.5 stays a number. {@link unguarded} takes it off again.
 */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that {@link guarded} was given. */
export function unguarded(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}
