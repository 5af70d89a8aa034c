// WebDataset shards made here: samples with media, what names what, and all that can be wrong.

import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { columnMappingSchema } from '../../../src/formats/columnMapping';
import { firstRows } from '../../../src/formats/firstRows';
import { mappedFormat } from '../../../src/formats/mappedRows';
import { countCandidateRows, readCandidateFile } from '../../../src/formats/readCandidateFile';
import type { RowFormat } from '../../../src/formats/rows/rowFormat';
import { resolveMedia } from '../../../src/node/folder';
import { sha256 } from '../../../src/node/hash';
import { heldFolder } from '../../../src/node/heldMedia';
import { FIXTURES, tempFolder } from '../../support/paths';
import { tarBytes, writeShard, type Members } from '../../support/shards';

const PNG = new Uint8Array(fs.readFileSync(path.join(FIXTURES, 'images/tiny.png')));
const HELD_PNG = `embedded://${sha256(PNG)}.png`;
const OTHER = new TextEncoder().encode('GIF89a, a picture of another kind');
const HELD_OTHER = `embedded://${sha256(OTHER)}.gif`;
const CLIP = new TextEncoder().encode('\0\0\0 ftypisom, a clip');
const HELD_CLIP = `embedded://${sha256(CLIP)}.mp4`;

const pair = { question: 'Which fruit?', chosen: 'A pear.', rejected: 'A brick.' };
const own = { prompt: 'Which fruit?', candidates: ['A pear.', 'A fig.'] };

async function read(file: string, mapped?: RowFormat) {
  const results = [];
  for await (const row of readCandidateFile(file, 'safe', undefined, mapped)) {
    results.push(row);
  }
  return results;
}

test('by columns that a person named; a caption has none', async () => {
  const file = await writeShard([
    ['0.json', { ask: 'Which?', one: 'A pear.', image_of: '0.png' }],
    ['0.png', PNG],
    ['1.png', PNG],
    ['1.txt', 'A caption.'],
    ['2.json', '['],
  ]);
  expect(await firstRows(file)).toEqual([{ ask: 'Which?', one: 'A pear.', image_of: HELD_PNG }]);
  const mapping = { prompt: 'ask', candidates: 'one', images: 'image_of' };
  const mapped = mappedFormat(columnMappingSchema.parse(mapping));
  expect(await read(file, mapped)).toMatchObject([
    { sample: { id: '0', candidates: [{ text: 'A pear.' }], images: [HELD_PNG] } },
    { sample: { id: '1', candidates: [{ text: 'A caption.' }] } },
    { ok: false, error: { code: 'ROW_NOT_JSON' } },
  ]);
});

async function readMembers(...members: Members) {
  return read(await writeShard(members));
}

describe('samples', () => {
  const members: Members = [
    ['00000.json', pair],
    ['00000.jpg', PNG], // the content tells
    ['00001.webp', OTHER],
    ['00001.json', { ...own, id: 'mine' }],
    ['deep/00000.mp4', CLIP],
    ['deep/00000.json', own],
    ['00003.cls', '7'],
    ['00003.json', own],
    ['00004.jpg', PNG],
    ['00004.txt', 'A pear on a table.\n'],
  ];

  test.each([false, true])('key by key, compressed: %s', async (gzip) => {
    const file = await writeShard(members, { gzip });
    const rows = await read(file);
    expect(rows).toMatchObject([
      {
        ok: true,
        sample: {
          id: '00000',
          line: 1,
          images: [HELD_PNG],
          videos: [],
          given: { ranks: [[0], [1]] },
        },
        origin: { format: 'RLAIF-V' },
      },
      { ok: true, sample: { id: 'mine', line: 2, images: [HELD_OTHER] } },
      { ok: true, sample: { id: 'deep/00000', line: 3, images: [], videos: [HELD_CLIP] } },
      { ok: true, sample: { id: '00003', line: 4, images: [] } },
      {
        ok: true,
        sample: {
          id: '00004',
          messages: [{ role: 'user', content: '' }],
          images: [HELD_PNG],
          candidates: [{ text: 'A pear on a table.' }],
        },
      },
    ]);
    expect(await countCandidateRows(file)).toBe(5);
  });

  test('media lie in the cache, whatever root the dataset has', async () => {
    await readMembers(['0.json', own], ['0.png', PNG]);
    const file = await resolveMedia('/nowhere', HELD_PNG);
    expect(file.startsWith(heldFolder())).toBe(true);
    expect(new Uint8Array(fs.readFileSync(file))).toEqual(PNG);
    await expect(resolveMedia('/', `embedded://${'0'.repeat(64)}.png`)).rejects.toMatchObject({
      code: 'MEDIA_NOT_FOUND',
    });
  });
});

describe('which media a row means', () => {
  test('by name, as a path or alone, in any column or part', async () => {
    const parts = [
      { type: 'image', image: 'a/0.left.png' },
      { type: 'image', image: '0.right.gif' },
      { type: 'text', text: '0.right.gif' },
    ];
    const messages = [
      { role: 'user', content: parts },
      { role: 'assistant', content: 'Alike.' },
    ];
    const [row] = await readMembers(
      ['a/0.right.gif', OTHER],
      ['a/0.left.png', PNG],
      ['a/0.json', { messages }],
    );
    expect(row).toMatchObject({
      sample: {
        messages: [{ content: '<ImageHere><ImageHere>0.right.gif' }],
        images: [HELD_PNG, HELD_OTHER],
      },
    });
  });

  test('those beside it when it names as many elsewhere, as converted datasets do', async () => {
    const [row] = await readMembers(
      ['0.json', { ...pair, image: 'coco/train2017/0042.jpg' }],
      ['0.jpg', PNG],
    );
    expect(row).toMatchObject({ sample: { images: [HELD_PNG] } });
  });

  test('paths of media that lie beside the shard stay', async () => {
    const [row] = await readMembers(['0.json', { ...pair, image: 'img/0.png' }]);
    expect(row).toMatchObject({ sample: { images: ['img/0.png'] } });
  });

  test('a missing one is a bad row with its place', async () => {
    const [first, second, third] = await readMembers(
      ['0.json', { ...own, images: ['0.a.png', '0.b.png'] }],
      ['0.a.png', PNG],
      ['1.json', { ...own, images: ['x.png', 'y.png'] }],
      ['1.png', PNG],
      ['2.json', own],
    );
    expect(first).toMatchObject({
      ok: false,
      id: '0',
      error: { code: 'MEDIA_NOT_FOUND', data: { line: 1, offset: 0 } },
    });
    expect(first?.ok === false && first.error.message).toContain('0.b.png');
    expect(second).toMatchObject({ ok: false, id: '1', error: { code: 'MEDIA_NOT_FOUND' } });
    expect(second?.ok === false && second.error.message).toContain('names 2 media');
    expect(third).toMatchObject({ ok: true });
  });
});

describe('bad shards', () => {
  const good: Members = [
    ['0.json', own],
    ['0.png', PNG],
    ['1.json', own],
    ['1.png', PNG],
  ];

  async function written(bytes: Uint8Array, name = 'cut.tar') {
    const file = path.join(tempFolder(), name);
    fs.writeFileSync(file, bytes);
    return read(file);
  }

  test('bad members leave the other samples', async () => {
    const rows = await readMembers(
      ['0.json', '{"prompt":'],
      ['1.json', new Uint8Array([0x7b, 0xff, 0x7d])],
      ['2.json', '[1]'],
      ['3.png', PNG],
      ['4.txt', 'No picture.'],
      ['5.json', own],
    );
    expect(rows.map((row) => (row.ok ? row.sample.id : `${row.id} ${row.error.code}`))).toEqual([
      '0 ROW_NOT_JSON',
      '1 ROW_ENCODING',
      '2 ROW_SHAPE',
      '3 ROW_SHAPE',
      '4 MEDIA_NOT_FOUND',
      '5',
    ]);
  });

  test('cut anywhere: whole samples stay, the rest is one bad row with file and offset', async () => {
    const whole = await tarBytes(good);
    const secondAt = whole.indexOf('1.json');
    // inside a header, inside a member, between two members
    for (const [size, ids] of [
      [secondAt + 100, ['0']], // a medium of the first might be missing
      [secondAt + 520, ['0', '1']],
      [secondAt, ['0']],
    ] as const) {
      const rows = await written(whole.subarray(0, size));
      expect(rows.map((row) => (row.ok ? row.sample.id : row.id))).toEqual(ids);
      const last = rows.at(-1);
      expect(last).toMatchObject({ ok: false, error: { code: 'FILE_UNREADABLE' } });
      expect(last?.ok === false && last.error.message).toContain('cut.tar');
      expect(last?.ok === false && typeof last.error.data?.offset).toBe('number');
    }
    const [first] = await written(whole.subarray(0, secondAt + 520));
    expect(first).toMatchObject({ ok: true, sample: { id: '0' } });
  });

  test('a damaged header ends the shard', async () => {
    const bytes = await tarBytes(good);
    bytes.fill(0x41, bytes.indexOf('1.json') + 100, bytes.indexOf('1.json') + 200);
    const rows = await written(bytes);
    expect(rows.map(({ ok }) => ok)).toEqual([false]);
    expect(rows[0]).toMatchObject({ id: '0', error: { code: 'FILE_UNREADABLE' } });
  });

  test('damaged gzip data, and gzip data of something else', async () => {
    const packed = gzipSync(await tarBytes(good));
    const cut = await written(packed.subarray(0, packed.length - 20), 'cut.tar.gz');
    expect(cut.at(-1)).toMatchObject({ ok: false, error: { code: 'FILE_UNREADABLE' } });
    await expect(written(gzipSync('nothing of ours'), 'x.tar.gz')).rejects.toMatchObject({
      code: 'NOT_A_DATASET',
    });
    await expect(written(new Uint8Array([0x1f, 0x8b, 1, 2, 3]), 'x.tar.gz')).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });

  test('names that lead elsewhere are labels', async () => {
    const outside = path.join(tempFolder(), 'outside');
    const rows = await readMembers(
      [`${outside}.json`, own],
      [`${outside}.png`, PNG],
      ['../../../up.json', own],
      ['../../../up.png', PNG],
    );
    expect(rows).toMatchObject([
      { ok: true, sample: { images: [HELD_PNG] } },
      { ok: true, sample: { images: [HELD_PNG] } },
    ]);
    expect(fs.existsSync(`${outside}.png`)).toBe(false);
  });
});

test('lines of JSON, compressed', async () => {
  const file = path.join(tempFolder(), 'rows.jsonl.gz');
  const lines = [own, pair].map((row) => `${JSON.stringify(row)}\n`).join('');
  fs.writeFileSync(file, gzipSync(lines));
  expect(await read(file)).toMatchObject([{ ok: true }, { ok: true, sample: { line: 2 } }]);
  expect(await countCandidateRows(file)).toBe(2);
});
