// Which pictures and videos of a shard a row means: by name, or all that stand beside it.

import { isAddress } from '../node/folder';
import { isRow, type Row, type RowFault } from './rows/rowFormat';
import type { ShardMember } from './shardGroups';

export type ShardMedium = Extract<ShardMember, { held: string }>;

const COLUMNS = {
  image: ['image', 'images'],
  video: ['video', 'videos'],
} as const;
/** Below such keys a text is the name of a medium; elsewhere it is a text. */
const NAMING_KEY = /image|img|video|frame|media|path|url|source/i;
const MAX_DEPTH = 64;

/** A row may have any keys, so that only the wrapping tells it from a fault. */
export type PlacedRow = { readonly row: Row } | { readonly fault: RowFault };

/**
 * Puts the media of a shard in the place of what the row names.
 * @returns a fault when the row names what is not there
 */
export function withShardMedia(row: Row, media: readonly ShardMedium[]): PlacedRow {
  if (media.length === 0) {
    return { row }; // its media lie beside the shard, or it has none
  }
  const byName = new Map(media.flatMap((each) => namesOf(each).map((name) => [name, each.held])));
  const used = new Set<string>();
  const named = replaceNames(row, byName, used, false, 0) as Row;
  return used.size > 0 ? requireAll(named) : besideIt(row, media);
}

function namesOf({ name }: ShardMedium): string[] {
  return [name, name.slice(name.lastIndexOf('/') + 1)];
}

function replaceNames(
  value: unknown,
  byName: ReadonlyMap<string, string>,
  used: Set<string>,
  isNaming: boolean,
  depth: number,
): unknown {
  if (typeof value === 'string') {
    const held = isNaming ? byName.get(value) : undefined;
    if (held !== undefined) {
      used.add(held);
    }
    return held ?? value;
  }
  if (depth > MAX_DEPTH) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((each) => replaceNames(each, byName, used, isNaming, depth + 1));
  }
  return isRow(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key,
          replaceNames(inner, byName, used, isNaming || NAMING_KEY.test(key), depth + 1),
        ]),
      )
    : value;
}

/** A row that names one medium of the shard names all of its media there. */
function requireAll(row: Row): PlacedRow {
  const names = [...COLUMNS.image, ...COLUMNS.video].flatMap((key) => entriesOf(row[key]));
  const missing = names.find((name) => typeof name === 'string' && !isAddress(name));
  return typeof missing === 'string'
    ? missingMedium(`${missing} is not in the shard beside the row`)
    : { row };
}

/** The row names nothing of the shard: its media are the ones that share its key, in their order. */
function besideIt(row: Row, media: readonly ShardMedium[]): PlacedRow {
  let placed = row;
  for (const kind of ['image', 'video'] as const) {
    const held = media.filter((each) => each.kind === kind).map((each) => each.held);
    const [single, several] = COLUMNS[kind];
    const named = entriesOf(row[single]).length + entriesOf(row[several]).length;
    if (named > 0 && named !== held.length) {
      return missingMedium(
        `the row names ${named} media as "${single}", the shard has ${held.length}`,
      );
    }
    if (held.length > 0) {
      const { [single]: _single, [several]: _several, ...others } = placed;
      placed = { ...others, [columnOf(row, kind)]: held };
    }
  }
  return { row: placed };
}

function missingMedium(message: string): PlacedRow {
  return { fault: { code: 'MEDIA_NOT_FOUND', message } };
}

/** IXC's rows have one column for all media. */
function columnOf(row: Row, kind: keyof typeof COLUMNS): string {
  return 'conversations_a' in row ? 'image' : COLUMNS[kind][1];
}

function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value == null || value === '' ? [] : [value];
}
