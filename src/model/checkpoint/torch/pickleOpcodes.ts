// The opcodes of Python's pickle format, protocols 0 to 5 (CPython: Lib/pickletools.py).

/** Those that a checkpoint of tensors needs. */
export const OP = {
  mark: 0x28,
  emptyTuple: 0x29,
  stop: 0x2e,
  binInt: 0x4a,
  binInt1: 0x4b,
  binInt2: 0x4d,
  none: 0x4e,
  binPersId: 0x51,
  reduce: 0x52,
  binUnicode: 0x58,
  build: 0x62,
  global: 0x63,
  binGet: 0x68,
  longBinGet: 0x6a,
  binPut: 0x71,
  longBinPut: 0x72,
  setItem: 0x73,
  tuple: 0x74,
  setItems: 0x75,
  emptyDict: 0x7d,
  proto: 0x80,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  newTrue: 0x88,
  newFalse: 0x89,
  long1: 0x8a,
  shortBinUnicode: 0x8c,
  stackGlobal: 0x93,
  memoize: 0x94,
  frame: 0x95,
} as const;

/** Names of the others, for messages: they are refused. */
const REFUSED: ReadonlyMap<number, string> = new Map([
  [0x30, 'POP'],
  [0x31, 'POP_MARK'],
  [0x32, 'DUP'],
  [0x42, 'BINBYTES'],
  [0x43, 'SHORT_BINBYTES'],
  [0x46, 'FLOAT'],
  [0x47, 'BINFLOAT'],
  [0x49, 'INT'],
  [0x4c, 'LONG'],
  [0x50, 'PERSID'],
  [0x53, 'STRING'],
  [0x54, 'BINSTRING'],
  [0x55, 'SHORT_BINSTRING'],
  [0x56, 'UNICODE'],
  [0x5d, 'EMPTY_LIST'],
  [0x61, 'APPEND'],
  [0x64, 'DICT'],
  [0x65, 'APPENDS'],
  [0x67, 'GET'],
  [0x69, 'INST'],
  [0x6c, 'LIST'],
  [0x6f, 'OBJ'],
  [0x70, 'PUT'],
  [0x81, 'NEWOBJ'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x8b, 'LONG4'],
  [0x8d, 'BINUNICODE8'],
  [0x8e, 'BINBYTES8'],
  [0x8f, 'EMPTY_SET'],
  [0x90, 'ADDITEMS'],
  [0x91, 'FROZENSET'],
  [0x92, 'NEWOBJ_EX'],
  [0x96, 'BYTEARRAY8'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
]);

/** What to call an opcode that is not in {@link OP}. */
export function refusedOpcodeName(code: number): string {
  const hex = `0x${code.toString(16).padStart(2, '0')}`;
  const name = REFUSED.get(code);
  return name === undefined ? hex : `${name} (${hex})`;
}
