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

const TAGS = /(<image>|<video>|<ImageHere>)/;

type Pieces = readonly (string | MediaSlot)[];

/**
 * Gives every tag of the prompt its medium. A single picture's tag at the edge of the first question
 * is left out, and several that lead it become `Image1 <ImageHere>; Image2 <ImageHere>; …`: the forms
 * that the model was trained on. Others stay where they are. Without any media tags are text.
 * @returns a fault when tags and media don't fit each other
 */
export function layOutMedia(raw: readonly RawTurn[], media: RowMedia): LaidOut | RowFault {
  const given = media.images.length + media.videos.length;
  const hasOwn = raw.some(({ pieces }) => pieces.some((piece) => nameOf(piece) !== undefined));
  const split = raw.map(({ role, pieces }) => ({
    role,
    pieces: given === 0 && !hasOwn ? pieces : splitTags(pieces),
  }));
  const filled = fillSlots(
    split.flatMap(({ pieces }) => pieces.filter(isSlot)),
    media,
  );
  if (isFault(filled)) {
    return filled;
  }
  const first = split.findIndex(({ role }) => role === 'user');
  const { kinds } = filled;
  const lead = first < 0 ? undefined : withoutLead(split[first]?.pieces ?? [], kinds.length);
  if (
    lead === undefined &&
    kinds.lastIndexOf('image') > kinds.indexOf('video') &&
    kinds.includes('video')
  ) {
    return { code: 'MEDIA_UNSUPPORTED', message: 'a video stands before a picture in the text' };
  }
  const messages = split.map(({ role, pieces }, n) => ({
    role,
    content: n === first && lead !== undefined ? lead : marked(pieces),
  }));
  return { messages, images: filled.images, videos: filled.videos };
}

function splitTags(pieces: Pieces): Pieces {
  return pieces.flatMap((piece) =>
    typeof piece !== 'string'
      ? [piece]
      : piece
          .split(TAGS)
          .filter((each) => each !== '')
          .map((each) => (TAGS.test(each) ? slotOf(each) : each)),
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

/** The text without the tags that lead it (or end it, if there is one), in the trained form. */
function withoutLead(pieces: Pieces, slots: number): string | undefined {
  if (slots === 0 || pieces.filter(isSlot).length !== slots) {
    return undefined;
  }
  const words = pieces.map((piece) => (typeof piece === 'string' ? piece : MARK)).join('');
  const lead = new RegExp(`^(\\s*${MARK}){${slots}}\\s*`);
  const rest = lead.test(words)
    ? words.replace(lead, '')
    : slots === 1 && words.trimEnd().endsWith(MARK)
      ? words.trimEnd().slice(0, -MARK.length).trimEnd()
      : undefined;
  if (rest === undefined || slots === 1) {
    return rest;
  }
  const names = Array.from({ length: slots }, (_, n) => `Image${n + 1} ${MEDIA_PLACEHOLDER}; `);
  return names.join('') + rest;
}

/** Stands for a slot while the text is looked at: a non-character, which no text may hold. */
const MARK = '\ufdd0';

function marked(pieces: Pieces): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : MEDIA_PLACEHOLDER)).join('');
}

function isSlot(piece: string | MediaSlot): piece is MediaSlot {
  return typeof piece !== 'string';
}

function nameOf(piece: string | MediaSlot): string | undefined {
  return typeof piece === 'string' ? undefined : piece.name;
}
