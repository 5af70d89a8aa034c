// The columns of an export that its trainer reads as one table. Readers take columns and their types
// from the first rows (Hugging Face `datasets`: from the first 10 MB), so all rows get all columns, and
// a row that is the first to have a value somewhere comes early.

/** A reader has seen the rows before this many bytes when it settles what the columns are. */
const SETTLED_BYTES = 1e6;

interface Column {
  isList: boolean;
  hasValue: boolean;
}

export class TableColumns {
  readonly #columns = new Map<string, Column>();
  /** sets of columns that rows have, by what names them */
  readonly #shapes = new Map<
    string,
    { readonly id: number; readonly names: ReadonlySet<string> }
  >();
  readonly #byId: ReadonlySet<string>[] = [];

  get names(): ReadonlySet<string> {
    return new Set(this.#columns.keys());
  }

  /**
   * @param bytesBefore of the rows before it
   * @returns which columns the row has, and whether it must come before others
   */
  add(row: object, bytesBefore: number): { readonly shape: number; readonly leads: boolean } {
    let leads = false;
    for (const [name, value] of Object.entries(row)) {
      const column = this.#columns.get(name) ?? { isList: false, hasValue: false };
      this.#columns.set(name, column);
      column.isList ||= Array.isArray(value);
      if (!column.hasValue && isValue(value)) {
        column.hasValue = true;
        leads ||= bytesBefore > SETTLED_BYTES;
      }
    }
    return { shape: this.#shapeOf(Object.keys(row)), leads };
  }

  /** The columns that rows of a shape lack, with nothing in them. */
  lacking(shape: number): Readonly<Record<string, null | readonly never[]>> {
    const names = this.#byId[shape];
    return Object.fromEntries(
      [...this.#columns]
        .filter(([name]) => names?.has(name) !== true)
        .map(([name, { isList }]) => [name, isList ? [] : null]),
    );
  }

  #shapeOf(keys: readonly string[]): number {
    const name = keys.join('\n');
    const known = this.#shapes.get(name);
    if (known !== undefined) {
      return known.id;
    }
    const names = new Set(keys);
    this.#shapes.set(name, { id: this.#byId.length, names });
    return this.#byId.push(names) - 1;
  }
}

/** Null and an empty list tell no type. */
function isValue(value: unknown): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0);
}
