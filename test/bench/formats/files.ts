// The large files of the benchmark, written by the product's own writers.

import fs from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { parseDatasetRow } from '../../../src/formats/datasetRow';
import { readCandidateFile } from '../../../src/formats/readCandidateFile';
import { formatJournalLine } from '../../../src/review/journalLine';
import { sampleHash } from '../../../src/review/sampleHash';

export interface LargeFiles {
  readonly rows: number;
  readonly lines: string;
  readonly list: string;
  readonly rewards: string;
  /** a good row, one line of the whole size, a good row */
  readonly oneLine: string;
}

/** A journal with a verdict on every row lies beside the dataset. */
export function writeLargeFiles(folder: string, bytes: number): LargeFiles {
  const files = {
    lines: path.join(folder, 'large.candidates.jsonl'),
    list: path.join(folder, 'large.json'),
    rewards: path.join(folder, 'large.scored.jsonl'),
    oneLine: path.join(folder, 'one-line.candidates.jsonl'),
  };
  const journal = path.join(folder, 'large.candidates.jsonl.review.jsonl');
  const words = 'It is a shape that stands on its own, as far as I can see: “ein Kreis”, 一个圆. ';
  const out = [files.lines, files.list, files.rewards, journal].map((file) =>
    fs.openSync(file, 'w'),
  );
  const batches: string[][] = [[], [], [], []];
  const flush = (): void => {
    for (const [n, batch] of batches.entries()) {
      fs.writeSync(out[n] ?? -1, batch.join(''));
      batch.length = 0;
    }
  };
  let [written, rows] = [0, 0];
  while (written < bytes) {
    rows += 1;
    const id = `r${rows}`;
    const candidates = [0, 1, 2].map((n) => ({
      text: `${id} ${n}: ${words.repeat(4 + ((rows + n) % 9))}`,
      source: `model-${n}`,
    }));
    const line = JSON.stringify({ id, prompt: `What is number ${id}?`, candidates });
    const row = parseDatasetRow(line, rows, 'safe');
    if (!row.ok) {
      throw new Error(`row ${rows} is not good`);
    }
    const scored = { id, line: rows, rewards: [2, 1, 0.5], order: [0, 1, 2] };
    const verdict = formatJournalLine({
      v: 1,
      uid: `u${rows}`,
      at: '2026-01-01T00:00:00.000Z',
      by: 'a',
      id,
      line: rows,
      sampleHash: sampleHash(row.sample),
      kind: 'rank',
      ranks: [[1], [0]],
      unranked: [2],
      accepted: false,
      blind: false,
      shown: [0, 1, 2],
      ms: 1,
    });
    batches[0]?.push(`${line}\n`);
    batches[1]?.push(`${rows === 1 ? '[' : ',\n'}${line}`);
    batches[2]?.push(
      `${JSON.stringify({ ...scored, tokens: { prefix: 1, tails: [1, 1, 1] }, model: 'm' })}\n`,
    );
    batches[3]?.push(`${verdict.trimEnd()}\n`);
    written += Buffer.byteLength(line) + 1;
    if (rows % 1000 === 0) {
      flush();
    }
  }
  batches[1]?.push(']\n');
  flush();
  out.forEach((file) => fs.closeSync(file));
  writeOneLine(files.oneLine, bytes);
  return { rows, ...files };
}

/** A WebDataset shard: a picture of 100 kB and a row of JSON each. */
export async function writeLargeShard(file: string, bytes: number): Promise<void> {
  const picture = randomBytes(100_000);
  picture.set([0xff, 0xd8, 0xff, 0xe0]);
  const archive = pack();
  const written = pipeline(archive, fs.createWriteStream(file));
  const add = (name: string, content: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      archive.entry({ name }, content, (error) => (error ? reject(error) : resolve()));
    });
  for (let n = 1; n * picture.length < bytes; n += 1) {
    picture.writeUInt32LE(n, 4); // the same content would be kept once
    await add(`${n}.jpg`, picture);
    await add(`${n}.json`, JSON.stringify({ prompt: `What is ${n}?`, candidates: ['a', 'b'] }));
  }
  archive.finalize();
  await written;
}

function writeOneLine(file: string, bytes: number): void {
  const out = fs.openSync(file, 'w');
  const good = (id: string): string =>
    `${JSON.stringify({ id, prompt: 'p', candidates: ['a'] })}\n`;
  fs.writeSync(out, good('before'));
  fs.writeSync(out, '{"id":"long","prompt":"p","candidates":["');
  const piece = 'a'.repeat(1 << 20);
  for (let written = 0; written < bytes; written += piece.length) {
    fs.writeSync(out, piece);
  }
  fs.writeSync(out, `"]}\n${good('after')}`);
  fs.closeSync(out);
}

/** Reads all rows to samples; what it took goes to stdout as JSON. */
export async function importAll(file: string): Promise<void> {
  const start = performance.now();
  let [good, bad] = [0, 0];
  const faults: unknown[] = [];
  for await (const row of readCandidateFile(file, 'safe')) {
    if (row.ok) {
      good += 1;
    } else {
      bad += 1;
      faults.push(row.error);
    }
  }
  const ms = performance.now() - start;
  const peakMb = process.resourceUsage().maxRSS / 1000;
  process.stdout.write(JSON.stringify({ good, bad, ms, peakMb, faults: faults.slice(0, 3) }));
}
