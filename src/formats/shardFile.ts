// Rows of a WebDataset shard: the JSON of a sample read as any row is, with the media beside it.

import type { EncodedError, ErrorCode } from '../base/errors';
import type { MediaHold } from '../node/heldMedia';
import type { Compat } from '../sample/reward';
import { readDatasetRow, type RowResult } from './datasetRow';
import { isRow, type Row, type RowFormat } from './rows/rowFormat';
import { shardGroups, type ShardGroup, type ShardMember } from './shardGroups';
import { withShardMedia, type ShardMedium } from './shardMedia';

/**
 * Samples in the order of the shard, numbered from 1 in place of lines.
 * @param chunks of the unpacked archive
 * @throws AppError as {@link shardGroups} does
 */
export async function* readShard(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  options: ShardOptions,
): AsyncGenerator<RowResult> {
  let line = 0;
  for await (const group of shardGroups(chunks, path, options.hold, options.signal)) {
    line += 1;
    yield readGroup(group, line, options);
  }
}

/**
 * The JSON of samples with the media in place, before any format reads it; samples without are left out.
 * @throws AppError as {@link shardGroups} does
 */
export async function* shardRows(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  hold: MediaHold,
): AsyncGenerator<Row> {
  for await (const { members } of shardGroups(chunks, path, hold)) {
    const json = members.find(({ kind }) => kind === 'json');
    const placed = json && placeJson(json, mediaOf(members), 0);
    if (placed !== undefined && 'value' in placed && isRow(placed.value)) {
      yield placed.value;
    }
  }
}

export interface ShardOptions {
  readonly hold: MediaHold;
  readonly compat: Compat;
  readonly signal?: AbortSignal | undefined;
  /** reads the JSON of every sample, by columns that a person named */
  readonly mapped?: RowFormat | undefined;
}

type RowOptions = Pick<ShardOptions, 'compat' | 'mapped'>;

/** @throws AppError as {@link shardGroups} does */
export async function countShardRows(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  signal?: AbortSignal,
): Promise<number> {
  let rows = 0;
  for await (const _ of shardGroups(chunks, path, undefined, signal)) {
    rows += 1;
  }
  return rows;
}

function readGroup(group: ShardGroup, line: number, options: RowOptions): RowResult {
  const { key, offset, fault } = group;
  const where = `sample ${JSON.stringify(key)} at byte ${offset} of the shard`;
  const fail = ({ code, message }: EncodedError, candidates = 0): RowResult => ({
    ok: false,
    line,
    id: key === '' ? `line-${line}` : key,
    candidates,
    error: { code, message: `${where}: ${message}`, data: { line, offset } },
  });
  if (fault !== undefined) {
    return fail(fault);
  }
  const result = readMembers(group.members, line, options);
  if (!result.ok) {
    return fail(result.error, result.candidates);
  }
  const { sample } = result;
  return sample.id === `line-${line}` && key !== ''
    ? { ...result, sample: { ...sample, id: key.toWellFormed() } }
    : result;
}

function mediaOf(members: readonly ShardMember[]): readonly ShardMedium[] {
  return members.filter((each): each is ShardMedium => 'held' in each);
}

function readMembers(
  members: readonly ShardMember[],
  line: number,
  options: RowOptions,
): RowResult {
  const media = mediaOf(members);
  const json = members.find(({ kind }) => kind === 'json');
  const text = members.find(({ kind }) => kind === 'text');
  const row = json === undefined ? undefined : readJson(json, media, line, options);
  if (row?.ok === true || (text === undefined && row !== undefined)) {
    return row;
  }
  return text === undefined
    ? failed(line, 'ROW_SHAPE', 'has no .json and no .txt')
    : readCaption(text, media, line, options.compat);
}

function readJson(
  member: ShardMember,
  media: readonly ShardMedium[],
  line: number,
  { compat, mapped }: RowOptions,
): RowResult {
  const placed = placeJson(member, media, line);
  return 'value' in placed
    ? readDatasetRow(placed.value, line, compat, placed.words, mapped)
    : placed;
}

/** @returns what stands in the JSON, with the media in place, and as it was written */
function placeJson(
  member: ShardMember,
  media: readonly ShardMedium[],
  line: number,
): RowResult | { readonly value: unknown; readonly words: string } {
  const words = decoded(member);
  if (words === undefined) {
    return failed(line, 'ROW_ENCODING', `${member.name} is not UTF-8`);
  }
  let value: unknown;
  try {
    value = JSON.parse(words);
  } catch (error) {
    return failed(line, 'ROW_NOT_JSON', `${member.name}: not JSON: ${(error as Error).message}`);
  }
  const placed = isRow(value) ? withShardMedia(value, media) : { row: value };
  return 'fault' in placed
    ? failed(line, placed.fault.code, placed.fault.message)
    : { value: placed.row, words };
}

/** A caption is the answer to its picture alone: nobody asked in words. */
function readCaption(
  member: ShardMember,
  media: readonly ShardMedium[],
  line: number,
  compat: Compat,
): RowResult {
  const words = decoded(member);
  if (words === undefined) {
    return failed(line, 'ROW_ENCODING', `${member.name} is not UTF-8`);
  }
  if (media.length === 0) {
    return failed(line, 'MEDIA_NOT_FOUND', `${member.name} has no picture or video beside it`);
  }
  const named = (kind: ShardMedium['kind']): string[] =>
    media.filter((each) => each.kind === kind).map(({ held }) => held);
  const row: Row = {
    prompt: '',
    images: named('image'),
    videos: named('video'),
    candidates: [words.replace(/\r?\n$/, '')],
  };
  return readDatasetRow(row, line, compat);
}

function decoded(member: ShardMember): string | undefined {
  try {
    const bytes = 'bytes' in member ? member.bytes : new Uint8Array();
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function failed(line: number, code: ErrorCode, message: string): RowResult {
  const error = { code, message, data: { line } };
  return { ok: false, line, id: `line-${line}`, candidates: 0, error };
}
