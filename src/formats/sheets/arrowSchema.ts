// The schema of Arrow that parquet files carry, with one column more. Types that parquet does not have
// (categories, durations, time zones, tensors) would be lost without it.

import { Builder, ByteBuffer } from 'flatbuffers';

// places of fields in the tables of Arrow's Message.fbs and Schema.fbs
const MESSAGE = { version: 0, headerType: 1, header: 2, bodyBytes: 3, metadata: 4 } as const;
const SCHEMA = { endianness: 0, fields: 1, metadata: 2, features: 3 } as const;
const FIELD = { name: 0, nullable: 1, typeType: 2, type: 3, children: 5 } as const;
const SCHEMA_HEADER = 1;
const FLOATING_POINT = 3;
const LIST = 12;
const DOUBLE = 2;
const ALIGNMENT = 8;

/**
 * Adds a nullable list of doubles behind the columns. The old schema stays inside as it is.
 * @param encoded an encapsulated message in base64
 * @returns `undefined` for what is no such schema
 */
export function withListField(encoded: string, name: string): string | undefined {
  try {
    const message = Buffer.from(encoded, 'base64');
    const isMarked = message.readInt32LE(0) === -1;
    const start = isMarked ? 8 : 4;
    const sizeBytes = message.readInt32LE(start - 4);
    const old = Uint8Array.prototype.slice.call(message, start, start + sizeBytes);
    const grown = extended(old, name);
    if (grown === undefined || old.length !== sizeBytes) {
      return undefined;
    }
    const padding = (ALIGNMENT - ((start + grown.length) % ALIGNMENT)) % ALIGNMENT;
    const head = Buffer.from(message.subarray(0, start));
    head.writeInt32LE(grown.length + padding, start - 4);
    return Buffer.concat([head, grown, Buffer.alloc(padding)]).toString('base64');
  } catch (error) {
    if (error instanceof RangeError) {
      return undefined; // an offset that leads out of the message
    }
    throw error;
  }
}

/** Tables are found by offsets that lead forwards: the new head stands before all that is old. */
function extended(old: Uint8Array, name: string): Uint8Array | undefined {
  const buffer = new ByteBuffer(old);
  const message = new Table(buffer, buffer.readInt32(0));
  const schema = message.table(MESSAGE.header);
  if (message.byte(MESSAGE.headerType) !== SCHEMA_HEADER || schema === undefined) {
    return undefined;
  }
  const builder = new Builder(old.length + 1024);
  builder.prep(ALIGNMENT, old.length);
  for (const byte of old.toReversed()) {
    builder.writeInt8(byte);
  }
  const base = builder.offset();
  const kept = (at: number | undefined): number => (at === undefined ? 0 : base - at);
  const added = doubles(builder, name);
  const fields = schema.vector(SCHEMA.fields);
  builder.startVector(4, fields.length + 1, 4);
  builder.addOffset(added);
  for (const at of fields.toReversed()) {
    builder.addOffset(kept(at));
  }
  const allFields = builder.endVector();
  builder.startObject(4);
  builder.addFieldInt16(SCHEMA.endianness, schema.short(SCHEMA.endianness), 0);
  builder.addFieldOffset(SCHEMA.fields, allFields, 0);
  builder.addFieldOffset(SCHEMA.metadata, kept(schema.offset(SCHEMA.metadata)), 0);
  builder.addFieldOffset(SCHEMA.features, kept(schema.offset(SCHEMA.features)), 0);
  const header = builder.endObject();
  builder.startObject(5);
  builder.addFieldInt16(MESSAGE.version, message.short(MESSAGE.version), 0);
  builder.addFieldInt8(MESSAGE.headerType, SCHEMA_HEADER, 0);
  builder.addFieldOffset(MESSAGE.header, header, 0);
  builder.addFieldOffset(MESSAGE.metadata, kept(message.offset(MESSAGE.metadata)), 0);
  builder.finish(builder.endObject());
  return builder.asUint8Array();
}

/** @returns place of the field */
function doubles(builder: Builder, name: string): number {
  builder.startObject(1);
  builder.addFieldInt16(0, DOUBLE, 0);
  const double = builder.endObject();
  const elementName = builder.createString('element');
  const noChildren = offsets(builder, []);
  builder.startObject(7);
  builder.addFieldOffset(FIELD.name, elementName, 0);
  builder.addFieldInt8(FIELD.nullable, 1, 0);
  builder.addFieldInt8(FIELD.typeType, FLOATING_POINT, 0);
  builder.addFieldOffset(FIELD.type, double, 0);
  builder.addFieldOffset(FIELD.children, noChildren, 0);
  const element = builder.endObject();
  builder.startObject(0);
  const list = builder.endObject();
  const listName = builder.createString(name);
  const children = offsets(builder, [element]);
  builder.startObject(7);
  builder.addFieldOffset(FIELD.name, listName, 0);
  builder.addFieldInt8(FIELD.nullable, 1, 0);
  builder.addFieldInt8(FIELD.typeType, LIST, 0);
  builder.addFieldOffset(FIELD.type, list, 0);
  builder.addFieldOffset(FIELD.children, children, 0);
  return builder.endObject();
}

function offsets(builder: Builder, places: readonly number[]): number {
  builder.startVector(4, places.length, 4);
  for (const place of places.toReversed()) {
    builder.addOffset(place);
  }
  return builder.endVector();
}

/** A table of which only the places are known. */
class Table {
  constructor(
    readonly buffer: ByteBuffer,
    readonly at: number,
  ) {}

  byte(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : this.buffer.readUint8(at);
  }

  short(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : this.buffer.readInt16(at);
  }

  /** Where that lies which a field names. */
  offset(field: number): number | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : this.buffer.__indirect(at);
  }

  table(field: number): Table | undefined {
    const at = this.offset(field);
    return at === undefined ? undefined : new Table(this.buffer, at);
  }

  /** Where the tables of a vector lie. */
  vector(field: number): number[] {
    const at = this.#place(field);
    if (at === undefined) {
      return [];
    }
    const start = this.buffer.__vector(at);
    const length = this.buffer.__vector_len(at);
    if (start + 4 * length > this.buffer.capacity()) {
      throw new RangeError('the vector ends outside the message');
    }
    return Array.from({ length }, (_, n) => this.buffer.__indirect(start + 4 * n));
  }

  #place(field: number): number | undefined {
    const offset = this.buffer.__offset(this.at, 4 + 2 * field);
    return offset === 0 ? undefined : this.at + offset;
  }
}
