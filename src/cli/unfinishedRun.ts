// What an interrupted `score --out` leaves beside its output: rows, what each was made from, statistics.

import { AppError } from '../base/errors';
import { parseScoredRow, type ScoredRow } from '../formats/scoredRow';
import { PartialFile } from '../node/atomicFile';
import { readLines } from '../node/lineReader';
import { outputTarget } from '../node/outputPath';
import { countWholeLines, keepLines } from '../node/wholeLines';
import type { ScoreOptions } from '../sample/scorer';

/** A row of an interrupted run, and the key of what it was made from. */
export interface EarlierRow {
  readonly row: ScoredRow;
  readonly key: string;
}

/**
 * Everything that changes the rewards of all rows, as the first line of the keys.
 * @param identity of model and device
 */
export function headerOf(options: ScoreOptions, identity: string): string {
  const { compat, hdNum, maxLength, frameLabels } = options; // the head is part of the identity
  return JSON.stringify({ model: identity, compat, hdNum, maxLength, frameLabels });
}

export async function keysPath(out: string): Promise<string> {
  return `${(await outputTarget(out)).path}.keys`;
}

export async function partialPath(file: string): Promise<string> {
  return PartialFile.partialPathOf((await outputTarget(file)).path);
}

/**
 * Cuts what an interrupted run left to the rows that are whole in every file.
 * @returns how many there are, `undefined` when there is nothing to resume
 */
export async function keepEarlier(
  out: string,
  stats: string | undefined,
  header: string,
): Promise<number | undefined> {
  const rowsFile = await partialPath(out);
  const rows = await countWholeLines(rowsFile);
  if (rows === undefined) {
    return undefined;
  }
  const keysFile = PartialFile.partialPathOf(await keysPath(out));
  const keys = (await countWholeLines(keysFile)) ?? 0;
  if (rows > 0) {
    await requireHeader(rowsFile, keysFile, keys, header);
  }
  const statsFile =
    stats === undefined || (await outputTarget(stats)).isStream
      ? undefined
      : await partialPath(stats);
  const statsLines = statsFile === undefined ? rows : await countWholeLines(statsFile);
  if (statsLines === undefined) {
    throw new AppError(
      'USAGE',
      `${rowsFile} was made without --stats: leave it out, or delete the file to start over`,
    );
  }
  const count = Math.min(rows, Math.max(0, keys - 1), statsLines);
  if (count === 0) {
    return undefined; // the first write replaces what there is
  }
  await keepLines(rowsFile, count);
  await keepLines(keysFile, count + 1);
  if (statsFile !== undefined) {
    await keepLines(statsFile, count);
  }
  return count;
}

async function firstLine(path: string): Promise<string | undefined> {
  for await (const { bytes } of readLines(path)) {
    return new TextDecoder().decode(bytes);
  }
  return undefined;
}

async function requireHeader(
  rowsFile: string,
  keysFile: string,
  keys: number,
  header: string,
): Promise<void> {
  const found = keys === 0 ? undefined : await firstLine(keysFile);
  if (found === undefined) {
    throw new AppError(
      'USAGE',
      `${rowsFile}: nothing says what its rows were made from (${keysFile} is missing); ` +
        'delete the file to start over',
    );
  }
  if (found !== header) {
    throw new AppError(
      'USAGE',
      `${rowsFile} was made with ${found}, not with ${header}: ` +
        'use the same model, device and options, or delete the file to start over',
    );
  }
}

/**
 * The rows of an interrupted run, in order.
 * @throws AppError `USAGE` for a line that is not a scored row
 */
export async function* readEarlier(rowsFile: string, keysFile: string): AsyncGenerator<EarlierRow> {
  const keyLines = readLines(keysFile);
  try {
    await keyLines.next(); // the options
    for await (const { line, bytes } of readLines(rowsFile)) {
      const key = await keyLines.next();
      const row = parseScoredRow(new TextDecoder().decode(bytes));
      if (row === undefined || key.done === true) {
        throw new AppError(
          'USAGE',
          `${rowsFile}:${line}: not a line of scored output; ` + 'delete the file to start over',
        );
      }
      yield { row, key: new TextDecoder().decode(key.value.bytes) };
    }
  } finally {
    await keyLines.return(undefined);
  }
}
