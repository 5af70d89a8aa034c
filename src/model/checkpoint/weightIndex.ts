// `*.index.json`: which shard of a checkpoint holds which tensor (written by transformers).

import { AppError } from '../../base/errors';
import { joinPath } from '../../node/folder';
import { readSmallText } from '../../node/smallFile';

// 1,100 tensors make 100 kB; JSON takes many times its size in memory.
const MAX_INDEX_BYTES = 8 * 1024 * 1024;
const MAX_SHARDS = 1000;

/** Names of shards by name of tensor. */
export type WeightIndex = ReadonlyMap<string, string>;

/**
 * Reads an index. Shards are plain names of files in the same folder.
 * @param ending `.safetensors` or `.bin`: what the names must end in
 * @throws AppError `CHECKPOINT_INVALID`
 */
export async function readWeightIndex(
  folder: string,
  name: string,
  ending: string,
): Promise<WeightIndex> {
  const fail = (what: string): never => {
    throw new AppError('CHECKPOINT_INVALID', `${joinPath(folder, name)}: ${what}`, { folder });
  };
  let value: unknown;
  try {
    value = JSON.parse(await readSmallText(joinPath(folder, name), MAX_INDEX_BYTES));
  } catch (error) {
    return error instanceof AppError ? fail(error.message) : fail('not JSON');
  }
  const map = isRecord(value) ? value.weight_map : undefined;
  if (!isRecord(map)) {
    return fail('there is no weight_map in it');
  }
  const index = new Map<string, string>();
  for (const [tensor, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !/^[\w.-]{1,255}$/.test(shard) || !shard.endsWith(ending)) {
      const shown = typeof shard === 'string' ? JSON.stringify(shard) : `a ${typeof shard}`;
      return fail(`the file of ${tensor} is ${shown}, not a name in *${ending}`);
    }
    index.set(tensor, shard);
  }
  const shards = new Set(index.values()).size;
  return shards > 0 && shards <= MAX_SHARDS
    ? index
    : fail(`it names ${shards} files, 1 to ${MAX_SHARDS} are read`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
