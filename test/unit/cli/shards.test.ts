// WebDataset shards on the command line: the same rewards as from files, from a pipe, out to trainers.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from '../../../src/node/cacheFolder';
import { sha256 } from '../../../src/node/hash';
import { sampleHash } from '../../../src/review/sampleHash';
import { rowsOf, run, runShell, writeRows } from '../../support/cli';
import { FIXTURES } from '../../support/paths';
import { writeShard, type Members } from '../../support/shards';

const PICTURE = fs.readFileSync(path.join(FIXTURES, 'images/tiny.png'));
const ROW = { id: 'r', prompt: 'Which?', candidates: ['One.', 'Two.'] };
const MEMBERS: Members = [
  ['0.json', ROW],
  ['0.png', PICTURE],
  ['1.json', { ...ROW, id: 'lost', images: ['1.png', '2.png'] }],
  ['1.png', PICTURE],
];

test('score: rewards as of files; compressed, from a pipe; nothing stays in the cache', async () => {
  const own = writeRows([{ ...ROW, images: ['img/tiny.png'] }]);
  const expected = rowsOf(run('score', own).out)[0];
  const shard = await writeShard(MEMBERS);
  const packed = await writeShard(MEMBERS, { gzip: true });
  for (const { code, out, err } of [
    run('score', shard),
    run('score', packed),
    runShell(`cat ${packed} | rewardlens score /dev/stdin`),
  ]) {
    const [first, second, ...others] = rowsOf(out);
    expect(first).toMatchObject({ id: 'r', line: 1, rewards: expected?.rewards });
    expect(second).toMatchObject({ id: '1', line: 2, error: { code: 'MEDIA_NOT_FOUND' } });
    expect(others).toEqual([]);
    expect(code).toBe(3);
    expect(err).toContain('2.png is not in the shard');
  }
  expect(fs.readdirSync(cacheFolder('imports'))).not.toContainEqual(expect.stringMatching(/^run-/));
});

test('export: verdicts on a shard find their rows; pictures inside the rows or as copies', async () => {
  const shard = await writeShard(MEMBERS);
  const sample = {
    id: 'r',
    line: 1,
    messages: [{ role: 'user' as const, content: 'Which?' }],
    candidateRole: 'assistant' as const,
    images: [`embedded://${sha256(PICTURE)}.png`],
    videos: [],
    candidates: [{ text: 'One.' }, { text: 'Two.' }],
  };
  const entry = {
    ...{ v: 1, uid: 'u', at: '2026-01-01T00:00:00.000Z', by: 'me', id: 'r', line: 1 },
    ...{ sampleHash: sampleHash(sample), kind: 'rank', ranks: [[1], [0]], unranked: [] },
    ...{ accepted: false, blind: false, shown: [0, 1], ms: 1 },
  };
  fs.writeFileSync(`${shard}.review.jsonl`, `${JSON.stringify(entry)}\n`);
  const url = `data:image/png;base64,${PICTURE.toString('base64')}`;
  for (const [media, image] of [
    ['relative', url],
    ['embed', url],
    ['copy', `out.media/${sha256(PICTURE).slice(0, 32)}.png`],
  ] as const) {
    const out = path.join(path.dirname(shard), 'out.jsonl');
    const { err } = run('export', shard, '--format', 'trl', '--out', out, '--media', media);
    expect(err).toContain('1 pairs of 1 samples');
    expect(JSON.parse(fs.readFileSync(out, 'utf8'))).toMatchObject({
      images: [image],
      chosen: [{ content: [{ text: 'Two.' }] }],
    });
  }
});
