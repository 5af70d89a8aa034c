// Memory for the slices of a conversion.

/** Tensors are worked on in slices of about this many bytes, so that memory stays bounded. */
export const SLICE_BYTES = 4 * 1024 * 1024;

/**
 * Lends memory and takes it back: fresh memory for each slice costs the system as much time as
 * rounding does. It is shared, so that threads work on it where it is.
 */
export class SliceMemory {
  readonly #spare: SharedArrayBuffer[] = [];

  /** @returns [length], with anything in it */
  take(length: number): Uint8Array<SharedArrayBuffer> {
    const spare = this.#spare.pop();
    const buffer =
      spare !== undefined && spare.byteLength >= length
        ? spare
        : new SharedArrayBuffer(Math.max(length, SLICE_BYTES));
    return new Uint8Array(buffer, 0, length);
  }

  giveBack({ buffer }: Uint8Array<SharedArrayBuffer>): void {
    this.#spare.push(buffer);
  }
}
