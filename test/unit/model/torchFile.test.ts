import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../../src/base/byteSource';
import { AppError } from '../../../src/base/errors';
import { toFloat32 } from '../../../src/model/checkpoint/floats';
import { readTorchFile } from '../../../src/model/checkpoint/torch/torchFile';
import { unpickle } from '../../../src/model/checkpoint/torch/unpickler';
import { openFileSource } from '../../../src/node/fileSource';
import { FIXTURES, tempFolder } from '../../support/paths';
import {
  dictPickle,
  globalName,
  int,
  join,
  MARK,
  PROTO,
  REDUCE,
  STOP,
  tensor,
  text,
  torchZip,
  tuple,
} from '../../support/pickles';
import { writeZip, zipOf } from '../../support/zipArchive';

/** written by torch itself: training/untrained/make_torch.py */
const written = (name: string): Buffer => fs.readFileSync(path.join(FIXTURES, 'torch', name));
const read = (bytes: Uint8Array) => readTorchFile(bytesSource('w.bin', bytes));

async function floats(bytes: Uint8Array, name: string): Promise<number[]> {
  const info = (await read(bytes)).get(name);
  if (info?.dtype !== 'F32') {
    throw new TypeError(`${name} is ${info?.dtype ?? 'missing'}`);
  }
  const raw = await info.source.read(info.offset, info.sizeBytes);
  return [...toFloat32(raw, 'F32')];
}

const count = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, n) => from + n);

describe('files that torch wrote', () => {
  test.each(['views.bin', 'protocol-4.bin'])(
    '%s: views, shared storages, parameters',
    async (name) => {
      const file = written(name);
      const tensors = await read(file);
      expect([...tensors].map(([key, { shape }]) => [key, shape])).toEqual([
        ['whole', [4, 6]],
        ['rows', [2, 6]],
        ['same', [4, 6]],
        ['scalar', []],
        ['empty', [0, 3]],
        ['thin', [1, 3]],
        ['parameter', [2]],
      ]);
      expect(await floats(file, 'whole')).toEqual(count(0, 24));
      expect(await floats(file, 'rows')).toEqual(count(6, 18));
      expect(tensors.get('same')?.offset).toBe(tensors.get('whole')?.offset);
      expect(await floats(file, 'scalar')).toEqual([2.5]);
      expect(await floats(file, 'empty')).toEqual([]);
      expect(await floats(file, 'thin')).toEqual([0, 1, 2]);
      expect(await floats(file, 'parameter')).toEqual([1.5, -2]);
    },
  );

  test('the state dict of a module, with its metadata', async () => {
    const file = written('module.bin');
    expect(await floats(file, 'weight')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await floats(file, 'bias')).toEqual([7, 8, 9]);
  });

  test('every type of number', async () => {
    const tensors = await read(written('types.bin'));
    const hex: Record<string, string> = {};
    for (const [name, info] of tensors) {
      expect(info.dtype).toBe(name);
      hex[name] = Buffer.from(await info.source.read(info.offset, info.sizeBytes)).toString('hex');
    }
    expect(hex).toEqual({
      F64: '000000000000f03f0000000000000000000000000000f03f',
      F32: '0000803f000000000000803f',
      F16: '003c0000003c',
      BF16: '803f0000803f',
      I64: '010000000000000000000000000000000100000000000000',
      I32: '010000000000000001000000',
      I16: '010000000100',
      I8: '010001',
      U8: '010001',
      BOOL: '010001',
    });
  });

  test.each([
    ['legacy.bin', /before 1\.6/],
    ['transposed.bin', /shape \[6, 4\] with strides \[1, 6\].*contiguous/],
    ['complex.bin', /byte \d+: the global "torch\.ComplexFloatStorage" is not allowed/],
    ['float8.bin', /byte \d+: the global "torch\._utils\._rebuild_tensor_v3" is not allowed/],
    [
      'whole-module.bin',
      /byte \d+: the global "torch\.nn\.modules\.linear\.Linear" is not allowed/,
    ],
    ['torchscript.bin', /compressed or encrypted.*TorchScript/],
    ['optimizer.bin', /EMPTY_LIST \(0x5d\) is not allowed/],
  ])('%s is refused with a reason', async (name, reason) => {
    const refusal = await read(written(name)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'CHECKPOINT_INVALID', data: { file: 'w.bin' } });
    expect((refusal as AppError).message).toMatch(reason);
  });
});

const refused = (bytes: Uint8Array, reason: RegExp) =>
  expect(read(bytes)).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
    message: expect.stringMatching(reason) as string,
  });

describe('pickles that are no tensors', () => {
  const calls = (module: string, name: string, ...args: Buffer[]): Buffer =>
    join(PROTO, globalName(module, name), tuple(...args), REDUCE, STOP);

  test.each([
    ['os', 'system'],
    ['posix', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['subprocess', 'Popen'],
    ['torch', 'load'],
    ['torch._utils', '_rebuild_tensor'],
    ['torch.hub', 'load'],
    ['collections', 'Counter'],
    ['__main__', 'torch._utils._rebuild_tensor_v2'],
    ['torch', '__proto__'],
    ['constructor', 'constructor'],
  ])('%s.%s', async (module, name) => {
    const position = 'data\\.pkl, byte 2';
    const shown = new RegExp(`${position}: the global "${module}\\.${name}" is not allowed`);
    await refused(torchZip(calls(module, name, text('touch /tmp/x'))), shown);
    const framed = join(
      Buffer.from([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0]),
      text(module),
      text(name),
      Buffer.from([0x93]),
    );
    await refused(torchZip(framed), /byte \d+: the global ".*" is not allowed/);
  });

  test('calling what may only be named', async () => {
    await refused(torchZip(calls('torch', 'FloatStorage')), /FloatStorage is called/);
    await refused(torchZip(join(PROTO, text('x'), tuple(), REDUCE, STOP)), /a string is called/);
    const filled = calls('collections', 'OrderedDict', tuple());
    await refused(torchZip(filled), /OrderedDict is called with values/);
  });

  test('every opcode that builds or runs anything else', () => {
    const known = '28 29 2e 4a 4b 4d 4e 51 52 58 62 63 68 6a 71 72 73 74 75 7d 80'.split(' ');
    const later = '85 86 87 88 89 8a 8c 93 94 95'.split(' ');
    const allowed = new Set([...known, ...later].map((hex) => Number.parseInt(hex, 16)));
    const fail = (at: number, what: string): never => {
      throw new AppError('CHECKPOINT_INVALID', `${at}: ${what}`);
    };
    let tried = 0;
    for (let code = 0; code < 256; code += 1) {
      if (!allowed.has(code)) {
        tried += 1;
        const hex = `0x${code.toString(16).padStart(2, '0')}`;
        expect(() => unpickle(join(PROTO, text('x'), Buffer.from([code, 0, 0])), fail)).toThrow(
          new RegExp(`^8: the opcode .*${hex}.* is not allowed`),
        );
      }
    }
    expect(tried).toBe(256 - 31);
  });

  test.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /cut off/],
    ['no stop', PROTO, /cut off/],
    ['an empty stack', join(PROTO, STOP), /0 values on the stack/],
    ['too many values', join(PROTO, text('a'), text('b'), STOP), /2 values on the stack/],
    ['an open mark', join(PROTO, text('a'), MARK, STOP), /1 values on the stack/],
    ['a text', join(PROTO, text('a'), STOP), /no dict of tensors/],
    ['an empty dict', join(PROTO, Buffer.from('}.')), /no dict of tensors/],
    ['a number', dictPickle({ step: int(3) }), /step is not a tensor/],
    ['a dict inside', dictPickle({ model: Buffer.from('}') }), /model is not a tensor/],
    ['protocol 0', Buffer.from('(dp0\n.'), /DICT \(0x64\)/],
    ['protocol 9', Buffer.from([0x80, 9]), /protocol 9/],
    ['a storage alone', join(PROTO, text('0'), Buffer.from('Q.')), /persistent id/],
    ['a taken mark', join(PROTO, text('a'), MARK, Buffer.from([0x85])), /stack is empty/],
    ['an unset memo', join(PROTO, Buffer.from('h\x07')), /nothing at memo place 7/],
    ['a number as key', join(PROTO, Buffer.from('}'), int(1), int(2), Buffer.from('s')), /a key/],
    ['items in a text', join(PROTO, text('a'), text('b'), text('c'), Buffer.from('s')), /a string/],
    ['a state of a text', join(PROTO, text('a'), Buffer.from('}b')), /state of a string/],
    ['not UTF-8', join(PROTO, Buffer.from('X\x01\0\0\0'), Buffer.of(0xff)), /not UTF-8/],
    ['an endless name', join(PROTO, Buffer.from('cos'), Buffer.alloc(9000, 65)), /does not end/],
  ])('%s', async (_, pickle, reason) => {
    await refused(torchZip(pickle), reason);
  });
});

describe('bombs', () => {
  test.each<[string, Buffer, RegExp]>([
    ['a text of 4 GB', join(PROTO, Buffer.from('X'), Buffer.alloc(4, 0xff)), /4294967295 bytes/],
    ['a number of 255 bytes', join(PROTO, Buffer.of(0x8a, 255)), /255 bytes/],
    ['a number of 2 GB', join(PROTO, Buffer.of(0x8b, 255, 255, 255, 127)), /LONG4/],
    ['a text of 2^63 bytes', join(PROTO, Buffer.of(0x8d), Buffer.alloc(8, 0x7f)), /BINUNICODE8/],
    ['a million marks', join(PROTO, Buffer.alloc(1_000_000, '(')), /values on the stack/],
    ['a million dicts', join(PROTO, Buffer.alloc(1_000_000, '}')), /values on the stack/],
    [
      'dicts in tuples',
      join(PROTO, Buffer.from(')'), Buffer.alloc(15_000_000, '}\x86', 'latin1')),
      /tuples/,
    ],
    [
      'a tensor too large',
      dictPickle({ a: tensor({ shape: [2 ** 40, 2 ** 40], elements: 1, strides: [1, 1] }) }),
      /\[1099511/,
    ],
    ['a storage too large', dictPickle({ a: tensor({ shape: [2 ** 50] }) }), /data\/0 is missing/],
    [
      'many dimensions',
      dictPickle({ a: tensor({ shape: Array<number>(100).fill(1) }) }),
      /at most 8 sizes/,
    ],
  ])('%s', async (_, pickle, reason) => {
    const before = process.memoryUsage.rss();
    await refused(torchZip(pickle), reason);
    // what is claimed has 4 GB and more
    expect(process.memoryUsage.rss() - before).toBeLessThan(1.5e9);
  });

  test('nesting costs no recursion', async () => {
    const deep = join(PROTO, Buffer.from(')'), Buffer.alloc(900_000, 0x85), STOP);
    await refused(torchZip(deep), /no dict of tensors/);
    const deeper = join(PROTO, Buffer.from(')'), Buffer.alloc(1_100_000, 0x85), STOP);
    await refused(torchZip(deeper), /more than 1000000 tuples/);
  });

  test('a tower of tuples that double is never expanded', async () => {
    const level = Buffer.from('q\0h\0\x86', 'latin1');
    const tower = join(PROTO, Buffer.from(')'), ...count(0, 5000).map(() => level), STOP);
    await refused(torchZip(tower), /no dict of tensors/);
  });

  test('a memo without end', async () => {
    const put = (n: number): Buffer => {
      const op = Buffer.from('r....');
      op.writeUInt32LE(n, 1);
      return op;
    };
    const pickle = join(PROTO, Buffer.from(')'), Buffer.concat(count(0, 1_000_001).map(put)), STOP);
    await refused(torchZip(pickle), /more than 1000000 memo places/);
  });

  test('a pickle that is too long is not read', async () => {
    const parts = [{ name: 'a/data.pkl', data: 20 * 1024 * 1024 }];
    await refused(zipOf(parts), /20971520 bytes, at most/);
  });
});

describe('tensors and their storages', () => {
  const data = { name: 'a/data/0', data: Buffer.alloc(24) };
  const archive = (spec: Parameters<typeof tensor>[0]): Buffer =>
    torchZip(dictPickle({ a: tensor(spec) }), [data]);

  test('a window on a storage', async () => {
    const tensors = await read(archive({ shape: [2, 2], offset: 2, elements: 6 }));
    const whole = await read(archive({ shape: [6] }));
    const window = tensors.get('a');
    expect(window).toMatchObject({ name: 'a', dtype: 'F32', shape: [2, 2], sizeBytes: 16 });
    expect((window?.offset ?? 0) - (whole.get('a')?.offset ?? 0)).toBeGreaterThanOrEqual(8);
  });

  test.each<[string, Parameters<typeof tensor>[0], RegExp]>([
    [
      'past its end',
      { shape: [2, 2], offset: 3, elements: 6 },
      /4 elements at 3 of a storage of 6/,
    ],
    ['of another size', { shape: [5] }, /data\/0 has 24 bytes, its 5 F32 elements take 20/],
    ['that is missing', { shape: [6], key: '1' }, /data\/1 is missing/],
    ['with a path for a key', { shape: [6], key: '../0' }, /persistent id/],
    ['of an unknown type', { shape: [6], storage: 'QInt8Storage' }, /"torch\.QInt8Storage"/],
    ['read with gaps', { shape: [2, 2], strides: [3, 1], elements: 6 }, /strides \[3, 1\]/],
    ['read over and over', { shape: [1000, 6], strides: [0, 1], elements: 6 }, /strides \[0, 1\]/],
    ['with a stride missing', { shape: [2, 3], strides: [3] }, /has strides \[3\]/],
    ['from a negative position', { shape: [2], offset: -1, elements: 6 }, /_rebuild_tensor_v2/],
    ['of a negative size', { shape: [-6], elements: 6 }, /no whole number/],
  ])('a tensor %s', async (_, spec, reason) => {
    await refused(archive(spec), reason);
  });

  test('a byte order that is not ours', async () => {
    const pickle = dictPickle({ a: tensor({ shape: [6] }) });
    const order = (name: string) => ({ name: 'a/byteorder', data: Buffer.from(name) });
    expect((await read(torchZip(pickle, [data, order('little')]))).size).toBe(1);
    await refused(torchZip(pickle, [data, order('big')]), /byte order is "big"/);
    await refused(torchZip(pickle, [data, order('x'.repeat(99))]), /byte order/);
  });
});

describe('archives', () => {
  const pickle = dictPickle({ a: tensor({ shape: [6] }) });
  const main = { name: 'a/data.pkl', data: pickle };
  const data = { name: 'a/data/0', data: Buffer.alloc(24) };

  test.each<[string, Buffer, RegExp]>([
    ['compressed', zipOf([main, { ...data, method: 8 }]), /a\/data\/0 is compressed/],
    ['encrypted', zipOf([{ ...main, flags: 1, claimedBytes: 9 }, data]), /damaged|encrypted/],
    ['strongly encrypted', zipOf([{ ...main, flags: 0x41 }, data]), /encryption/],
    ['the same name twice', zipOf([main, data, data]), /a\/data\/0 twice/],
    ['entries on each other', zipOf([main, { ...data, claimedAt: 0 }]), /overlaps/],
    ['an entry outside', zipOf([main, { ...data, claimedBytes: 9999 }]), /overflows|after the end/],
    ['an entry far outside', zipOf([main, { ...data, claimedAt: 2 ** 52 }]), /after the end/],
    ['no pickle', zipOf([data]), /0 entries data\.pkl/],
    ['two pickles', zipOf([main, { ...main, name: 'b/data.pkl' }, data]), /2 entries data\.pkl/],
    ['a path upwards', zipOf([main, { ...data, name: '../data/0' }]), /relative path/],
    ['no archive', Buffer.from('{"not": "torch"}'), /not a PyTorch checkpoint/],
    ['nothing', Buffer.alloc(0), /not a PyTorch checkpoint/],
  ])('%s', async (_, bytes, reason) => {
    await refused(bytes, reason);
  });

  test('cut off anywhere', async () => {
    const whole = written('views.bin');
    for (let length = 0; length < whole.length; length += 1) {
      await refused(whole.subarray(0, length), /not a PyTorch checkpoint|damaged or incomplete/);
    }
  });

  test('longer than 4 GB (zip64)', async () => {
    const file = path.join(tempFolder(), 'large.bin');
    const elements = 1.2e9;
    const large = dictPickle({
      first: tensor({ shape: [elements] }),
      last: tensor({ shape: [2], key: '1' }),
    });
    writeZip(file, [
      { name: 'pytorch_model/data/0', data: 4 * elements },
      { name: 'pytorch_model/data/1', data: Buffer.from(new Float32Array([3, -4]).buffer) },
      { name: 'pytorch_model/data.pkl', data: large },
    ]);
    const source = await openFileSource(file);
    const tensors = await readTorchFile(source);
    expect(tensors.get('first')).toMatchObject({ shape: [elements], sizeBytes: 4.8e9 });
    const last = tensors.get('last');
    expect(last?.offset).toBeGreaterThan(4.8e9);
    const raw = await source.read(last?.offset ?? 0, 8);
    expect([...toFloat32(raw, 'F32')]).toEqual([3, -4]);
    await source.close();
    fs.rmSync(file);
  });
});
