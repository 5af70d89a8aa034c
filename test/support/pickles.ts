// Pickles for tests, opcode by opcode (CPython: Lib/pickletools.py).

import { zipOf, type ZipPart } from './zipArchive';

export const PROTO = Buffer.from([0x80, 2]);
export const MARK = Buffer.from('(');
export const STOP = Buffer.from('.');
export const REDUCE = Buffer.from('R');

export function join(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.from('X....');
  head.writeUInt32LE(bytes.length, 1);
  return join(head, bytes);
}

export function int(value: number): Buffer {
  const head = Buffer.from([0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigInt64LE(BigInt(value), 2);
  return head;
}

export function globalName(module: string, name: string): Buffer {
  return Buffer.from(`c${module}\n${name}\n`);
}

export function tuple(...items: readonly Uint8Array[]): Buffer {
  return join(MARK, ...items, Buffer.from('t'));
}

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
  readonly storage?: string;
  readonly key?: string;
  /** elements of the storage */
  readonly elements?: number;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

/** What torch writes for a tensor. */
export function tensor(spec: TensorSpec): Buffer {
  const { shape, offset = 0, storage = 'FloatStorage', key = '0' } = spec;
  const strides = spec.strides ?? shape.map((_, n) => product(shape.slice(n + 1)));
  const elements = spec.elements ?? product(shape);
  const id = tuple(
    text('storage'),
    globalName('torch', storage),
    text(key),
    text('cpu'),
    int(elements),
  );
  return join(
    globalName('torch._utils', '_rebuild_tensor_v2'),
    tuple(
      join(id, Buffer.from('Q')),
      int(offset),
      tuple(...shape.map(int)),
      tuple(...strides.map(int)),
      Buffer.from([0x89]),
      join(globalName('collections', 'OrderedDict'), Buffer.from(')R')),
    ),
    REDUCE,
  );
}

/** A whole pickle of a dict. */
export function dictPickle(values: Readonly<Record<string, Uint8Array>>): Buffer {
  const items = Object.entries(values).flatMap(([key, value]) => [text(key), value]);
  return join(PROTO, Buffer.from('}('), ...items, Buffer.from('u.'));
}

/** A checkpoint file around a pickle. */
export function torchZip(pickle: Uint8Array, parts: readonly ZipPart[] = []): Buffer {
  return zipOf([{ name: 'a/data.pkl', data: pickle }, ...parts]);
}
