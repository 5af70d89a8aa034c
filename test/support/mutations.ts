// Damaged and hostile variants of files, the same ones in every run.

import { seededRandom } from './random';

type Random = () => number;

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

/** Bytes that mean much to many formats: extremes, signs, brackets, quotes. */
const TELLING = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x28, 0x2d, 0x39, 0x5b, 0x7b, 0x7d];

const EDITS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  // a byte changed
  (bytes, random) => {
    const out = Buffer.from(bytes);
    out[below(random, out.length)] = below(random, 256);
    return out;
  },
  (bytes, random) => {
    const out = Buffer.from(bytes);
    out[below(random, out.length)] = TELLING[below(random, TELLING.length)] ?? 0;
    return out;
  },
  // a length or an offset of 4 or 8 bytes made huge
  (bytes, random) => {
    const out = Buffer.from(bytes);
    const at = below(random, out.length);
    out.fill(random() < 0.5 ? 0xff : 0x7f, at, Math.min(out.length, at + (random() < 0.5 ? 4 : 8)));
    return out;
  },
  // cut off
  (bytes, random) => bytes.subarray(0, below(random, bytes.length)),
  // a piece taken out
  (bytes, random) => {
    const at = below(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 64))]);
  },
  // a piece twice, or many times
  (bytes, random) => {
    const at = below(random, bytes.length);
    const piece = bytes.subarray(at, at + 1 + below(random, 64));
    const times = random() < 0.8 ? 1 : 1000;
    const copies = Array.from({ length: times }, () => piece);
    return Buffer.concat([bytes.subarray(0, at), ...copies, bytes.subarray(at)]);
  },
  // noise put in
  (bytes, random) => {
    const at = below(random, bytes.length);
    const noise = Buffer.from(
      Array.from({ length: 1 + below(random, 32) }, () => below(random, 256)),
    );
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
];

/** One to four edits. Edits fall on `window` of the bytes, `[start, end)`. */
export function mutateBytes(
  bytes: Uint8Array,
  seed: number,
  window: readonly [number, number] = [0, bytes.length],
): Buffer {
  const random = seededRandom(seed);
  const [start, end] = window;
  let part: Buffer = Buffer.from(bytes.subarray(start, end));
  for (let edits = 1 + below(random, 4); edits > 0; edits -= 1) {
    part = EDITS[below(random, EDITS.length)]?.(part, random) ?? part;
  }
  return Buffer.concat([bytes.subarray(0, start), part, bytes.subarray(end)]);
}

/** Values that a reader of JSON may not expect, as JSON texts. */
const ODD_VALUES = [
  'null', 'true', '-1', '0', '0.5', '1e308', '1e999', '-0', '9007199254740993', '4294967296',
  '""', '"x"', '"../../etc/passwd"', '"\\u0000"', '[]', '{}', '[[[[]]]]', '{"__proto__":{"a":1}}',
  '[1,2,3]', `"${'long '.repeat(2000)}"`, `${'['.repeat(5000)}${']'.repeat(5000)}`,
]; // prettier-ignore

/** A JSON file with a few values replaced, left out, or put under another name. */
export function mutateJson(json: string, seed: number): string {
  const random = seededRandom(seed);
  let root: unknown = JSON.parse(json);
  const marks = new Map<string, string>();
  for (let edits = 1 + below(random, 3); edits > 0; edits -= 1) {
    const places = objectsIn(root);
    const holder = places[below(random, places.length)];
    const keys = Object.keys(holder ?? {});
    const key = keys[below(random, keys.length)];
    if (holder === undefined || key === undefined) {
      continue;
    }
    const odd = ODD_VALUES[below(random, ODD_VALUES.length)] ?? 'null';
    const mark = `@odd-${marks.size}@`;
    const kind = random();
    if (kind < 0.15) {
      root = odd === 'null' ? [root] : root;
      Reflect.deleteProperty(holder, key);
    } else if (kind < 0.25) {
      holder[`${key}\n`] = holder[key];
      Reflect.deleteProperty(holder, key);
    } else {
      marks.set(`"${mark}"`, odd);
      holder[key] = mark;
    }
  }
  let text = JSON.stringify(root);
  for (const [mark, odd] of marks) {
    text = text.replace(mark, () => odd);
  }
  return text;
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  return typeof value === 'object' && value !== null
    ? [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)]
    : [];
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/**
 * A damaged copy: cut off, with flipped bits anywhere, with extreme numbers in its first
 * `headerBytes`, or with a stretch of it moved elsewhere.
 */
export function mutateFile(file: Uint8Array, random: () => number, headerBytes: number): Buffer {
  const upTo = (limit: number): number => below(random, limit);
  const copy = Buffer.from(file);
  switch (upTo(5)) {
    case 0:
      return copy.subarray(0, upTo(copy.length));
    case 1:
      for (let n = upTo(12); n >= 0; n -= 1) {
        const at = upTo(copy.length);
        copy[at] = (copy[at] ?? 0) ^ (1 << upTo(8));
      }
      return copy;
    case 2:
    case 3: {
      const at = upTo(Math.min(headerBytes, copy.length - 4));
      const value = EXTREMES[upTo(EXTREMES.length)] ?? 0;
      for (let n = 0; n <= upTo(4); n += 1) {
        copy[at + n] = upTo(2) === 0 ? value : upTo(256);
      }
      return copy;
    }
    default: {
      const [from, to] = [upTo(copy.length), upTo(copy.length)];
      copy.copyWithin(to, from, from + upTo(64));
      return copy;
    }
  }
}
