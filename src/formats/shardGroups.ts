// WebDataset shards: members of a tar archive that share a key, one sample after the other.

import { throwIfAborted } from '../base/abort';
import { AppError, encodeError, type EncodedError } from '../base/errors';
import { MAX_HELD_BYTES, type MediaHold } from '../node/heldMedia';
import { MAX_LINE_BYTES } from '../node/lineReader';
import { tarMembers, type TarMember } from '../node/tarMembers';

/** More than any sample has: what else shares a key is left out. */
const MAX_MEMBERS = 1024;

/** By the last ending of a member's name. */
const KINDS: Readonly<Record<string, 'json' | 'text' | 'image' | 'video'>> = {
  json: 'json',
  txt: 'text',
  ...ofKind('image', 'png jpg jpeg jfif webp gif bmp tif tiff avif'),
  ...ofKind('video', 'mp4 m4v mov mkv webm avi wmv mpg mpeg'),
};

function ofKind<K extends string>(kind: K, endings: string): Record<string, K> {
  return Object.fromEntries(endings.split(' ').map((ending) => [ending, kind]));
}

export type ShardMember =
  | { readonly kind: 'json' | 'text'; readonly name: string; readonly bytes: Uint8Array }
  /** `held`: as samples name it */
  | { readonly kind: 'image' | 'video'; readonly name: string; readonly held: string };

/** What stands together in a shard. */
export interface ShardGroup {
  /** the name up to the first dot behind the last slash */
  readonly key: string;
  /** of the first member in the unpacked archive, in bytes */
  readonly offset: number;
  readonly members: readonly ShardMember[];
  /** why the sample is not whole */
  readonly fault?: EncodedError;
}

interface OpenGroup {
  readonly key: string;
  readonly offset: number;
  readonly members: ShardMember[];
  fault?: EncodedError;
}

/**
 * Groups in the order of the archive. Where it is damaged the last one has the fault, and nothing
 * follows.
 * @param hold where pictures and videos go; without it they are not read, and the groups lack them
 * @throws AppError `OUTPUT_FAILED` or `CANCELLED`
 */
export async function* shardGroups(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  hold: MediaHold | undefined,
  signal?: AbortSignal,
): AsyncGenerator<ShardGroup> {
  let group: OpenGroup | undefined;
  try {
    for await (const member of tarMembers(chunks, path)) {
      throwIfAborted(signal);
      const { key, ending } = partsOf(member.name);
      if (group?.key !== key) {
        if (group !== undefined) {
          yield group;
        }
        group = { key, offset: member.offset, members: [] };
      }
      const kind = KINDS[ending];
      if (kind !== undefined && group.members.length < MAX_MEMBERS) {
        await addMember(group, member, kind, ending, hold);
      }
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'FILE_UNREADABLE') {
      throw error;
    }
    const { offset = 0 } = error.data as { readonly offset?: number };
    group ??= { key: '', offset, members: [] };
    group.fault = encodeError(error);
  }
  if (group !== undefined) {
    yield group;
  }
}

async function addMember(
  group: OpenGroup,
  { name, sizeBytes, content }: TarMember,
  kind: ShardMember['kind'],
  ending: string,
  hold: MediaHold | undefined,
): Promise<void> {
  const isMedium = kind === 'image' || kind === 'video';
  const most = isMedium ? MAX_HELD_BYTES : MAX_LINE_BYTES;
  if (sizeBytes > most) {
    const message = `${name} has ${sizeBytes} bytes, at most ${most} are read`;
    group.fault = { code: isMedium ? 'MEDIA_TOO_LARGE' : 'ROW_TOO_LARGE', message };
  } else if (!isMedium) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) {
      pieces.push(piece);
    }
    group.members.push({ kind, name, bytes: Buffer.concat(pieces) });
  } else if (hold !== undefined) {
    group.members.push({ kind, name, held: await hold.keep(content, ending) });
  }
}

function partsOf(name: string): { readonly key: string; readonly ending: string } {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const dot = base.indexOf('.');
  const key = dot < 0 ? name : name.slice(0, name.length - base.length + dot);
  return { key, ending: base.slice(base.lastIndexOf('.') + 1).toLowerCase() };
}
