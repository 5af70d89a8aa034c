// The compact protocol of Thrift, in which a parquet file describes itself, as a tree that is written
// back byte for byte: whatever a later version of the format adds is kept.

import { ByteWriter } from 'hyparquet-writer';

/** Kinds of values that parquet uses. */
export const THRIFT = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7 } as const;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
/** Deeper than any footer; a hostile one must not exhaust the stack. */
const MAX_DEPTH = 64;

export type ThriftValue =
  | ThriftStruct
  | ThriftList
  /** a number or a text, as it stands in the file; empty for a boolean, whose type says it all */
  | { readonly type: number; readonly bytes: Uint8Array };
export interface ThriftStruct {
  readonly type: typeof STRUCT;
  /** by id, ascending as in the file */
  readonly fields: Map<number, ThriftValue>;
}
export interface ThriftList {
  readonly type: typeof LIST;
  readonly itemType: number;
  readonly items: readonly ThriftValue[];
}

/** @throws Error for bytes that are no such struct */
export function readThrift(bytes: Uint8Array): ThriftStruct {
  return new ThriftReader(bytes).struct(0);
}

export function writeThrift(value: ThriftStruct): Uint8Array {
  const writer = new ByteWriter();
  append(writer, value);
  return new Uint8Array(writer.getBuffer());
}

/** The struct in a field. @throws Error when there is none */
export function structAt(parent: ThriftStruct, id: number): ThriftStruct {
  return requireStruct(parent.fields.get(id));
}

export function requireStruct(value: ThriftValue | undefined): ThriftStruct {
  if (value === undefined || !('fields' in value)) {
    throw new Error('the description lacks a part');
  }
  return value;
}

/** The list in a field; empty when there is none. */
export function listAt(parent: ThriftStruct, id: number): readonly ThriftValue[] {
  const value = parent.fields.get(id);
  return value !== undefined && 'items' in value ? value.items : [];
}

/** The number in a field; 0 when there is none. */
export function numberAt(parent: ThriftStruct, id: number): number {
  const value = parent.fields.get(id);
  return value === undefined || !('bytes' in value)
    ? 0
    : Number(new ThriftReader(value.bytes).zigZag());
}

/** The text in a field. */
export function textAt(parent: ThriftStruct, id: number): string | undefined {
  const value = parent.fields.get(id);
  return value === undefined || !('bytes' in value)
    ? undefined
    : new TextDecoder().decode(new ThriftReader(value.bytes).binary());
}

export function thriftNumber(
  type: typeof THRIFT.i32 | typeof THRIFT.i64,
  value: number,
): ThriftValue {
  return leaf(type, (writer) => writer.appendZigZag(BigInt(value)));
}

export function thriftText(value: string): ThriftValue {
  const bytes = new TextEncoder().encode(value);
  return leaf(BINARY, (writer) => {
    writer.appendVarInt(bytes.length);
    writer.appendBytes(bytes);
  });
}

export function thriftList(items: readonly ThriftStruct[]): ThriftList {
  return { type: LIST, itemType: STRUCT, items };
}

/** @param fields with ascending ids */
export function thriftStruct(fields: readonly (readonly [number, ThriftValue])[]): ThriftStruct {
  return { type: STRUCT, fields: new Map(fields) };
}

/** A copy of a struct in which some fields are others. */
export function withFields(
  { fields }: ThriftStruct,
  changed: readonly (readonly [number, ThriftValue])[],
): ThriftStruct {
  const all = [...new Map([...fields, ...changed])];
  return thriftStruct(all.sort(([a], [b]) => a - b));
}

function leaf(type: number, write: (writer: ByteWriter) => void): ThriftValue {
  const writer = new ByteWriter();
  write(writer);
  return { type, bytes: new Uint8Array(writer.getBuffer()) };
}

class ThriftReader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  struct(depth: number): ThriftStruct {
    if (depth > MAX_DEPTH) {
      throw new Error(`more than ${MAX_DEPTH} structs inside each other`);
    }
    const fields = new Map<number, ThriftValue>();
    let id = 0;
    for (let head = this.#byte(); head !== 0; head = this.#byte()) {
      const step = head >> 4;
      id = step === 0 ? Number(this.zigZag()) : id + step;
      fields.set(id, this.#value(head & 0x0f, depth));
    }
    return { type: STRUCT, fields };
  }

  zigZag(): bigint {
    const value = this.#varInt();
    return (value >> 1n) ^ -(value & 1n);
  }

  binary(): Uint8Array {
    return this.#take(Number(this.#varInt()));
  }

  #value(type: number, depth: number, isItem = false): ThriftValue {
    if (type === STRUCT) {
      return this.struct(depth + 1);
    }
    if (type === LIST) {
      return this.#list(depth);
    }
    const start = this.#at;
    this.#skip(type, isItem);
    return { type, bytes: this.bytes.subarray(start, this.#at) };
  }

  #list(depth: number): ThriftList {
    const head = this.#byte();
    const size = head >> 4 === 15 ? Number(this.#varInt()) : head >> 4;
    const itemType = head & 0x0f;
    const items: ThriftValue[] = [];
    for (let n = 0; n < size; n += 1) {
      items.push(this.#value(itemType, depth + 1, true));
    }
    return { type: LIST, itemType, items };
  }

  #skip(type: number, isItem: boolean): void {
    switch (type) {
      case THRIFT.true:
      case THRIFT.false:
        this.#take(isItem ? 1 : 0);
        return;
      case THRIFT.byte:
        this.#take(1);
        return;
      case THRIFT.i16:
      case THRIFT.i32:
      case THRIFT.i64:
        this.#varInt();
        return;
      case THRIFT.double:
        this.#take(8);
        return;
      case BINARY:
        this.binary();
        return;
      default:
        throw new Error(`a value of the unknown type ${type}`);
    }
  }

  #varInt(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
    throw new Error('a number of more than 64 bits');
  }

  #byte(): number {
    return this.#take(1)[0] ?? 0;
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.bytes.length) {
      throw new Error('the description ends too early');
    }
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function append(writer: ByteWriter, value: ThriftValue): void {
  if ('fields' in value) {
    let last = 0;
    for (const [id, field] of value.fields) {
      const step = id - last;
      writer.appendUint8(step > 0 && step < 16 ? (step << 4) | field.type : field.type);
      if (step <= 0 || step > 15) {
        writer.appendZigZag(id);
      }
      append(writer, field);
      last = id;
    }
    writer.appendUint8(0);
  } else if ('items' in value) {
    const { items, itemType } = value;
    writer.appendUint8((Math.min(items.length, 15) << 4) | itemType);
    if (items.length > 14) {
      writer.appendVarInt(items.length);
    }
    for (const item of items) {
      append(writer, item);
    }
  } else {
    writer.appendBytes(value.bytes);
  }
}
