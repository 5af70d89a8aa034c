// What a text file holds rows in: lines, one JSON list, or objects over several lines.

import { AppError } from '../base/errors';
import { LineSplitter, MAX_LINE_BYTES, type FileLine, type Splitter } from '../node/lineReader';
import { ElementFinder, type ElementContainer, type ElementRange } from './jsonElements';

export type RowContainer = 'lines' | ElementContainer;

/**
 * Tells it from the start of the file. A list begins with an object: a first line such as `[1]` is a
 * bad line of a file of lines.
 */
export function containerOf(start: Uint8Array): RowContainer {
  const text = new TextDecoder().decode(start);
  return /^\s*\[\s*(null\s*,\s*)*\{/.test(text)
    ? 'list'
    : /^\s*\{[ \t\r]*\n\s*"/.test(text)
      ? 'objects'
      : 'lines';
}

export function splitterOf(container: RowContainer, path: string): Splitter {
  return container === 'lines' ? new LineSplitter() : new ElementSplitter(container, path);
}

/** @throws AppError `ROW_NOT_JSON`: the rows found so far are whole, others may be missing */
export function requireClosed(finder: ElementFinder, path: string, sizeBytes: number): void {
  if (finder.isOpen) {
    const message = `${path}: the list does not end: expected "]" at byte ${sizeBytes}`;
    throw new AppError('ROW_NOT_JSON', message, { file: path, offset: sizeBytes });
  }
}

/** Elements with their bytes, numbered from 1 in place of lines. */
class ElementSplitter implements Splitter {
  readonly #finder: ElementFinder;
  /** of the element that is not complete; too long ones are not kept */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #offset = 0;
  #count = 0;

  constructor(
    container: ElementContainer,
    readonly path: string,
  ) {
    this.#finder = new ElementFinder(container);
  }

  *push(chunk: Uint8Array): Generator<FileLine> {
    const base = this.#offset;
    this.#offset += chunk.length;
    for (const range of this.#finder.push(chunk)) {
      yield this.#finish(range, base, chunk);
    }
    const start = this.#finder.pendingStart;
    if (start !== undefined) {
      this.#keep(chunk.subarray(Math.max(0, start - base)));
    }
  }

  *end(): Generator<FileLine> {
    const { isCut } = this.#finder;
    for (const range of this.#finder.end()) {
      yield this.#finish(range, this.#offset, new Uint8Array());
    }
    if (!isCut) {
      requireClosed(this.#finder, this.path, this.#offset);
    }
  }

  #keep(part: Uint8Array): void {
    this.#heldBytes += part.length;
    this.#held = this.#heldBytes > MAX_LINE_BYTES ? [] : [...this.#held, part];
  }

  #finish({ start, end }: ElementRange, base: number, chunk: Uint8Array): FileLine {
    const sizeBytes = end - start;
    const last = chunk.subarray(Math.max(0, start - base), Math.max(0, end - base));
    const bytes =
      sizeBytes > MAX_LINE_BYTES
        ? undefined
        : Buffer.concat([...this.#held, last]).subarray(0, sizeBytes);
    this.#held = [];
    this.#heldBytes = 0;
    this.#count += 1;
    return { line: this.#count, offset: start, bytes, sizeBytes, ended: true };
  }
}
