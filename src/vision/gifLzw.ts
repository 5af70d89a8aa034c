// LZW as GIF uses it (GIF89a specification, appendix F): codes that grow from 3 to 12 bits.

const MAX_CODES = 4096;
const MAX_BITS = 12;

/**
 * @param codeBits bits of an uncompressed index, 1 to 8
 * @param count indices to unpack; what follows them is left alone
 * @throws Error when the data is damaged or holds fewer
 */
export function unpackLzw(packed: Uint8Array, codeBits: number, count: number): Uint8Array {
  if (codeBits < 1 || codeBits > 8) {
    throw new Error(`GIF data of ${codeBits} bits per index`);
  }
  const clear = 1 << codeBits;
  const end = clear + 1;
  // each code stands for the word of `prefix` followed by `last`
  const prefix = new Uint16Array(MAX_CODES);
  const last = new Uint8Array(MAX_CODES);
  const word = new Uint8Array(MAX_CODES);
  const out = new Uint8Array(count);
  let filled = 0;
  let free = clear + 2;
  let bits = codeBits + 1;
  let previous = -1;
  let first = 0;
  let held = 0;
  let heldBits = 0;
  for (let at = 0; filled < count;) {
    while (heldBits < bits) {
      if (at >= packed.length) {
        throw new Error(`GIF data ends after ${filled} of ${count} pixels`);
      }
      held |= (packed[at] as number) << heldBits;
      heldBits += 8;
      at += 1;
    }
    const code = held & ((1 << bits) - 1);
    held >>>= bits;
    heldBits -= bits;
    if (code === clear) {
      free = clear + 2;
      bits = codeBits + 1;
      previous = -1;
      continue;
    }
    if (code === end) {
      throw new Error(`GIF data ends after ${filled} of ${count} pixels`);
    }
    if (code > free || (code >= clear && previous < 0) || (code === free && free >= MAX_CODES)) {
      throw new Error(`GIF data is damaged: code ${code} where ${free} come`);
    }
    // the word of a code is found from its end
    let length = 0;
    let rest = code;
    if (code === free) {
      word[length] = first;
      length += 1;
      rest = previous;
    }
    while (rest >= clear) {
      word[length] = last[rest] as number;
      length += 1;
      rest = prefix[rest] as number;
    }
    first = rest;
    out[filled] = first;
    filled += 1;
    while (length > 0 && filled < count) {
      length -= 1;
      out[filled] = word[length] as number;
      filled += 1;
    }
    if (previous >= 0 && free < MAX_CODES) {
      prefix[free] = previous;
      last[free] = first;
      free += 1;
      if (free === 1 << bits && bits < MAX_BITS) {
        bits += 1;
      }
    }
    previous = code;
  }
  return out;
}
