// Where the elements of a JSON list are, byte by byte: for files that are larger than memory.

/** Byte range of an element, white space around it excluded. */
export interface ElementRange {
  readonly start: number;
  readonly end: number;
}

/**
 * `list`: one `[…]`. `objects`: objects one after the other, on as many lines as they like.
 */
export type ElementContainer = 'list' | 'objects';

/** Kinds of brackets are remembered to this depth; below it they are counted. */
const MAX_KINDS = 1024;
const MARK_BYTES: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);

const SPACE = 0x20;
const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LIST_OPEN = 0x5b;
const LIST_CLOSE = 0x5d;
const OBJECT_OPEN = 0x7b;
const OBJECT_CLOSE = 0x7d;

/**
 * Finds elements in pieces of a file. It only tells them apart: whether one is JSON is for
 * `JSON.parse` to say. After a fault it finds its way back: a closing bracket of the other kind closes
 * what was left open inside, and no text goes on over the end of a line.
 */
export class ElementFinder {
  readonly #kinds = new Uint8Array(MAX_KINDS);
  #depth = 0;
  #inText = false;
  #escaped = false;
  #phase: 'before' | 'inside' | 'after';
  /** of the element; -1 between elements */
  #start = -1;
  #end = 0;
  /** the element is an object that was closed: another one is another element, comma or not */
  #isClosed = false;
  #offset = 0;

  constructor(readonly container: ElementContainer) {
    this.#phase = container === 'list' ? 'before' : 'inside';
  }

  /** The list was opened, and not closed so far. */
  get isOpen(): boolean {
    return this.container === 'list' && this.#phase === 'inside';
  }

  /** An element is under way that needs more to be complete. */
  get isCut(): boolean {
    return this.#start >= 0 && (this.#depth > 0 || this.#inText);
  }

  /** Where the element begins that is not complete yet. */
  get pendingStart(): number | undefined {
    return this.#start < 0 ? undefined : this.#start;
  }

  /** @returns the elements that end in this piece */
  push(chunk: Uint8Array): ElementRange[] {
    const found: ElementRange[] = [];
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.#inText) {
        at = this.#passText(chunk, at);
      }
      const byte = chunk[at] ?? 0;
      if (byte > SPACE) {
        this.#ink(byte, this.#offset + at, found);
      } else if (byte === LF && at < chunk.length) {
        this.#inText = false;
        this.#escaped = false;
        // outside of lists a stray word ends with its line
        if (this.#depth === 0 && !this.isOpen) {
          this.#finish(found);
        }
      }
    }
    this.#offset += chunk.length;
    return found;
  }

  /** What is left when the file ends: an element that may be cut short. */
  end(): ElementRange[] {
    const found: ElementRange[] = [];
    this.#finish(found);
    return found;
  }

  /** @returns where the text ends, one after its quote; at the end of the line, or of the piece */
  #passText(chunk: Uint8Array, from: number): number {
    let escaped = this.#escaped;
    let at = from;
    while (at < chunk.length && this.#inText && chunk[at] !== LF) {
      const byte = chunk[at];
      this.#inText = escaped || byte !== QUOTE;
      escaped = !escaped && byte === BACKSLASH;
      at += 1;
    }
    this.#escaped = escaped;
    this.#end = this.#offset + at;
    return at;
  }

  #ink(byte: number, position: number, found: ElementRange[]): void {
    if (this.#start < 0 && this.#isBetween(byte, position)) {
      return;
    }
    if (this.#depth === 0 && this.isOpen && (byte === COMMA || byte === LIST_CLOSE)) {
      this.#finish(found);
      this.#phase = byte === COMMA ? 'inside' : 'after';
      return;
    }
    if (this.#isClosed && byte === OBJECT_OPEN) {
      this.#finish(found);
    }
    if (this.#start < 0) {
      this.#start = position;
    }
    this.#end = position + 1;
    if (byte === QUOTE) {
      this.#inText = true;
    } else if (byte === OBJECT_OPEN || byte === LIST_OPEN) {
      if (this.#depth < MAX_KINDS) {
        this.#kinds[this.#depth] = byte;
      }
      this.#depth += 1;
    } else if (byte === OBJECT_CLOSE || byte === LIST_CLOSE) {
      this.#close(byte === OBJECT_CLOSE ? OBJECT_OPEN : LIST_OPEN);
      this.#isClosed = this.#depth === 0 && byte === OBJECT_CLOSE;
      if (this.#depth === 0 && !this.isOpen) {
        this.#finish(found);
      }
    }
  }

  /** Bytes between elements: the byte order mark and the list's own bracket. */
  #isBetween(byte: number, position: number): boolean {
    if (this.#phase === 'before' && byte === LIST_OPEN) {
      this.#phase = 'inside';
      return true;
    }
    return MARK_BYTES.has(byte) && position < MARK_BYTES.size;
  }

  #close(opened: number): void {
    const outer = this.#depth;
    while (this.#depth > 0) {
      this.#depth -= 1;
      if (this.#depth >= MAX_KINDS || this.#kinds[this.#depth] === opened) {
        return;
      }
    }
    // nothing of the kind was open: the bracket is a fault of the element, which goes on
    this.#depth = outer;
  }

  #finish(found: ElementRange[]): void {
    if (this.#start >= 0) {
      found.push({ start: this.#start, end: this.#end });
    }
    this.#start = -1;
    this.#isClosed = false;
    this.#depth = 0;
    this.#inText = false;
    this.#escaped = false;
  }
}
