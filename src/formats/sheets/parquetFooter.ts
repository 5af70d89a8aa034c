// How a parquet file describes itself, with one column more.

import {
  listAt,
  numberAt,
  requireStruct,
  structAt,
  textAt,
  THRIFT,
  thriftList,
  thriftNumber,
  thriftStruct,
  thriftText,
  withFields,
  type ThriftStruct,
} from './compactThrift';
import { withListField } from './arrowSchema';

// ids of the fields of parquet.thrift
const FILE = { schema: 2, rows: 3, groups: 4, keyValues: 5, encryption: 8, orders: 7 } as const;
const ELEMENT = { name: 4, children: 5 } as const;
const GROUP = { columns: 1, sizeBytes: 2, rows: 3, compressedBytes: 6 } as const;
const CHUNK = { metadata: 3 } as const;
const METADATA = { sizeBytes: 6, compressedBytes: 7 } as const;
const KEY_VALUE = { key: 1, value: 2 } as const;
/** What Arrow writes beside: the schema before it became one of parquet. */
const ARROW_SCHEMA = 'ARROW:schema';

export function isEncrypted(footer: ThriftStruct): boolean {
  return footer.fields.has(FILE.encryption);
}

/** Rows of each group. */
export function groupRows(footer: ThriftStruct): number[] {
  return listAt(footer, FILE.groups).map((group) => numberAt(requireStruct(group), GROUP.rows));
}

/** Names of the columns: of structs and lists, the outer one. */
export function columnNames(footer: ThriftStruct): string[] {
  const elements = listAt(footer, FILE.schema).map(requireStruct);
  const names: string[] = [];
  // depth first, the root before all
  for (let at = 1; at < elements.length;) {
    const element = elements[at];
    names.push(element === undefined ? '' : (textAt(element, ELEMENT.name) ?? ''));
    for (let open = 1; open > 0 && at < elements.length; at += 1) {
      const inner = elements[at];
      open += (inner === undefined ? 0 : numberAt(inner, ELEMENT.children)) - 1;
    }
  }
  return names;
}

/** The value that a file has under a key. */
export function keyValueOf(footer: ThriftStruct, key: string): string | undefined {
  const found = listAt(footer, FILE.keyValues)
    .map(requireStruct)
    .findLast((pair) => textAt(pair, KEY_VALUE.key) === key);
  return found && textAt(found, KEY_VALUE.value);
}

/**
 * Puts the only column of another file behind the columns of each group. Groups without rows are left
 * out on both sides. Everything else stays as it is.
 * @param added footer of a file with the same groups, whose offsets count in this file
 */
export function withColumn(
  footer: ThriftStruct,
  added: ThriftStruct,
  name: string,
  pairs: readonly (readonly [key: string, value: string])[],
): ThriftStruct {
  const [root, ...elements] = listAt(footer, FILE.schema).map(requireStruct);
  const [, ...column] = listAt(added, FILE.schema).map(requireStruct);
  const addedGroups = listAt(added, FILE.groups).map(requireStruct);
  const groups = listAt(footer, FILE.groups)
    .map(requireStruct)
    .filter((group) => numberAt(group, GROUP.rows) > 0);
  const orders = listAt(footer, FILE.orders).map(requireStruct);
  const newRoot = requireStruct(root);
  return withFields(footer, [
    [
      FILE.schema,
      thriftList([
        withFields(newRoot, [
          [ELEMENT.children, thriftNumber(THRIFT.i32, numberAt(newRoot, ELEMENT.children) + 1)],
        ]),
        ...elements,
        ...column,
      ]),
    ],
    [FILE.groups, thriftList(groups.map((group, n) => withChunk(group, addedGroups[n])))],
    [FILE.keyValues, thriftList(keyValues(footer, name, pairs))],
    ...(orders.length === 0
      ? []
      : [
          [
            FILE.orders,
            thriftList([...orders, ...listAt(added, FILE.orders).map(requireStruct)]),
          ] as const,
        ]),
  ]);
}

function withChunk(group: ThriftStruct, added: ThriftStruct | undefined): ThriftStruct {
  const [chunk] = listAt(requireStruct(added), GROUP.columns).map(requireStruct);
  const own = requireStruct(chunk);
  const metadata = structAt(own, CHUNK.metadata);
  const sum = (id: number, more: number): ReturnType<typeof thriftNumber> =>
    thriftNumber(THRIFT.i64, numberAt(group, id) + more);
  return withFields(group, [
    [GROUP.columns, thriftList([...listAt(group, GROUP.columns).map(requireStruct), own])],
    [GROUP.sizeBytes, sum(GROUP.sizeBytes, numberAt(metadata, METADATA.sizeBytes))],
    ...(group.fields.has(GROUP.compressedBytes)
      ? [
          [
            GROUP.compressedBytes,
            sum(GROUP.compressedBytes, numberAt(metadata, METADATA.compressedBytes)),
          ] as const,
        ]
      : []),
  ]);
}

/** Some readers refuse a file whose Arrow schema lacks a column: it gets the column, or goes. */
function keyValues(
  footer: ThriftStruct,
  name: string,
  pairs: readonly (readonly [key: string, value: string])[],
): ThriftStruct[] {
  const replaced = new Set(pairs.map(([key]) => key));
  const kept = listAt(footer, FILE.keyValues)
    .map(requireStruct)
    .flatMap((pair) => {
      const key = textAt(pair, KEY_VALUE.key) ?? '';
      if (key !== ARROW_SCHEMA) {
        return replaced.has(key) ? [] : [pair];
      }
      const schema = withListField(textAt(pair, KEY_VALUE.value) ?? '', name);
      return schema === undefined ? [] : [keyValue(key, schema)];
    });
  return [...kept, ...pairs.map(([key, value]) => keyValue(key, value))];
}

function keyValue(key: string, value: string): ThriftStruct {
  return thriftStruct([
    [KEY_VALUE.key, thriftText(key)],
    [KEY_VALUE.value, thriftText(value)],
  ]);
}
