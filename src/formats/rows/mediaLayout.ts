// Media of a row into the one way in which samples place them: lists, and <ImageHere> in the text.

import { MEDIA_PLACEHOLDER, type Turn } from '../../sample/sample';
import { isFault, type RowFault } from './rowFormat';
import type { MediaSlot, RawTurn } from './turns';

export interface RowMedia {
  readonly images: readonly string[];
  readonly videos: readonly string[];
}

export interface LaidOut extends RowMedia {
  readonly messages: readonly Turn[];
}

/** What formats write in texts where a medium goes. A tag of pictures may stand for a video. */
export const MEDIA_TAGS = ['<image>', '<video>'] as const;
export type MediaTag = (typeof MEDIA_TAGS)[number];

type Pieces = readonly (string | MediaSlot)[];

/**
 * Gives every place of the prompt its medium. The places become `<ImageHere>`, and all else stays as it
 * was written. Without any media, and in content that names its media in parts, tags are text.
 * @param tags the format's own placeholders
 * @returns a fault when places and media don't fit each other
 */
export function layOutMedia(
  raw: readonly RawTurn[],
  media: RowMedia,
  tags: readonly MediaTag[],
): LaidOut | RowFault {
  const hasParts = raw.some(({ pieces }) => pieces.some(isSlot));
  const isText = media.images.length + media.videos.length === 0 && !hasParts;
  const marks = [MEDIA_PLACEHOLDER, ...(hasParts ? [] : tags)];
  const placed = raw.map(({ role, pieces }) => ({
    role,
    pieces: isText ? pieces : splitMarks(pieces, new RegExp(`(${marks.join('|')})`)),
  }));
  const filled = fillSlots(
    placed.flatMap(({ pieces }) => pieces.filter(isSlot)),
    media,
  );
  if (isFault(filled)) {
    return filled;
  }
  const { kinds, images, videos } = filled;
  if (kinds.includes('video') && kinds.lastIndexOf('image') > kinds.indexOf('video')) {
    return { code: 'MEDIA_UNSUPPORTED', message: 'a video stands before a picture in the text' };
  }
  const messages = placed.map(({ role, pieces }) => ({ role, content: marked(pieces) }));
  return { messages, images, videos };
}

function splitMarks(pieces: Pieces, marks: RegExp): Pieces {
  return pieces.flatMap((piece) =>
    typeof piece === 'string'
      ? piece.split(marks).map((each) => (marks.test(each) ? slotOf(each) : each))
      : [piece],
  );
}

function slotOf(tag: string): MediaSlot {
  return { kind: tag === '<video>' ? 'video' : 'image' };
}

interface Filled extends RowMedia {
  /** of the slots, in their order */
  readonly kinds: readonly ('image' | 'video')[];
}

/** The tag of a picture may stand for a video: some formats know no other, or name both in one column. */
function fillSlots(slots: readonly MediaSlot[], media: RowMedia): Filled | RowFault {
  const waiting = { image: [...media.images], video: [...media.videos] };
  const used = { image: [] as string[], video: [] as string[] };
  const kinds: ('image' | 'video')[] = [];
  for (const { kind, name } of slots) {
    const taken = name ?? waiting[kind].shift();
    if (taken !== undefined) {
      used[kind].push(taken);
      kinds.push(kind);
      continue;
    }
    const video = kind === 'image' ? waiting.video.shift() : undefined;
    if (video === undefined) {
      return mismatch(slots, media);
    }
    used.video.push(video);
    kinds.push('video');
  }
  const left = waiting.image.length + waiting.video.length;
  if (left > 0 && slots.length > 0) {
    return mismatch(slots, media);
  }
  return {
    images: [...used.image, ...waiting.image],
    videos: [...used.video, ...waiting.video],
    kinds,
  };
}

function mismatch(slots: readonly MediaSlot[], { images, videos }: RowMedia): RowFault {
  const message =
    `${slots.length} places for media in the text, ` +
    `${images.length} pictures and ${videos.length} videos in the row`;
  return { code: 'PLACEHOLDER_MISMATCH', message };
}

function marked(pieces: Pieces): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : MEDIA_PLACEHOLDER)).join('');
}

function isSlot(piece: string | MediaSlot): piece is MediaSlot {
  return typeof piece !== 'string';
}
