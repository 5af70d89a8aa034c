// Numbers for texts: tells in little memory which of many were there before.

import { createHash } from 'node:crypto';

/** 32 bits each. By accident two of a thousand million texts share 128 bits once in 10^20 times. */
const KEY_WORDS = 4;
const FIRST_CAPACITY = 1024;

/**
 * Numbers texts from 0 in the order in which they come first. Keeps 128 bits of their SHA-256 and a
 * slot of a hash table, at most 48 bytes each; a `Set` of such texts takes hundreds.
 */
export class TextNumbers {
  #keys = new Uint32Array(KEY_WORDS * FIRST_CAPACITY);
  /** number + 1, at the place that a key's first word says or the next free one; 0 is free */
  #slots = new Uint32Array(2 * FIRST_CAPACITY);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @returns `undefined` for a text that was never added */
  find(text: string): number | undefined {
    const number = this.#slots[this.#slotOf(keyOf(text))] ?? 0;
    return number === 0 ? undefined : number - 1;
  }

  /** @returns the number that the text has, or has from now on */
  add(text: string): number {
    if (2 * this.#count === this.#slots.length) {
      this.#grow();
    }
    const key = keyOf(text);
    const slot = this.#slotOf(key);
    const known = this.#slots[slot] ?? 0;
    if (known > 0) {
      return known - 1;
    }
    this.#keys.set(key, KEY_WORDS * this.#count);
    this.#count += 1;
    this.#slots[slot] = this.#count;
    return this.#count - 1;
  }

  /** Where a key is, or would go. */
  #slotOf(key: Uint32Array): number {
    // sizes are powers of two
    const last = this.#slots.length - 1;
    let slot = (key[0] ?? 0) & last;
    for (;;) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0 || this.#isAt(KEY_WORDS * (number - 1), key)) {
        return slot;
      }
      slot = (slot + 1) & last;
    }
  }

  #isAt(place: number, key: Uint32Array): boolean {
    return key.every((word, n) => this.#keys[place + n] === word);
  }

  #grow(): void {
    const keys = new Uint32Array(2 * this.#keys.length);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let number = 0; number < this.#count; number += 1) {
      const key = keys.subarray(KEY_WORDS * number, KEY_WORDS * (number + 1));
      this.#slots[this.#slotOf(key)] = number + 1;
    }
  }
}

function keyOf(text: string): Uint32Array {
  // a copy begins where 32-bit numbers may begin
  const digest = Uint8Array.from(createHash('sha256').update(text).digest());
  return new Uint32Array(digest.buffer, 0, KEY_WORDS);
}
