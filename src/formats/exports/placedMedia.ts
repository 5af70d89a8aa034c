// Where the media of a sample stand in its texts, for formats with tags or parts of their own.

import { MEDIA_PLACEHOLDER, type Role, type Sample } from '../../sample/sample';
import { leftOut } from './pairFormat';

export interface PlacedMedium {
  readonly kind: 'image' | 'video';
  /** as the sample names it */
  readonly path: string;
}

/** A piece of a turn: text that is not empty, or a medium. */
export type Piece = string | PlacedMedium;

export interface PlacedTurn {
  readonly role: Role;
  readonly pieces: readonly Piece[];
}

export type PlacedTurns =
  | { readonly ok: true; readonly turns: readonly PlacedTurn[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Media where their placeholders stand; without placeholders, at the start of the first user turn.
 * @returns a reason when placeholders and media don't match
 */
export function placeMedia({ messages, images, videos }: Sample): PlacedTurns {
  const media: readonly PlacedMedium[] = [
    ...images.map((path) => ({ kind: 'image' as const, path })),
    ...videos.map((path) => ({ kind: 'video' as const, path })),
  ];
  const texts = messages.map(({ content }) => content.split(MEDIA_PLACEHOLDER));
  const marks = texts.reduce((sum, parts) => sum + parts.length - 1, 0);
  if (marks > 0 && marks !== media.length) {
    return leftOut(mismatch(marks, images.length, videos.length));
  }
  const firstUser = Math.max(
    0,
    messages.findIndex(({ role }) => role === 'user'),
  );
  let next = 0;
  const turns = messages.map(({ role }, n) => {
    const pieces: Piece[] = marks === 0 && n === firstUser ? [...media] : [];
    for (const [at, text] of (texts[n] ?? []).entries()) {
      const medium = at > 0 ? media[next] : undefined;
      if (medium !== undefined) {
        pieces.push(medium);
        next += 1;
      }
      if (text !== '') {
        pieces.push(text);
      }
    }
    return { role, pieces };
  });
  return { ok: true, turns };
}

function mismatch(marks: number, images: number, videos: number): string {
  const media = [`${images} images`, ...(videos > 0 ? [`${videos} videos`] : [])];
  return `${marks} ${MEDIA_PLACEHOLDER} in the text, ${media.join(' and ')}`;
}

/** A turn as text, its media as tags. */
export function withTags({ pieces }: PlacedTurn, tagOf: (medium: PlacedMedium) => string): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : tagOf(piece))).join('');
}

/** The first of these that stands literally in a text of the pair: a trainer would take it for its own. */
export function literalTag(texts: readonly string[], tags: readonly string[]): string | undefined {
  return tags.find((tag) => texts.some((text) => text.includes(tag)));
}

export type Question =
  | { readonly ok: true; readonly text: string; readonly medium: PlacedMedium }
  | { readonly ok: false; readonly reason: string };

/**
 * The one user turn of a sample with one medium, for formats whose trainer puts the medium before
 * the text itself.
 * @returns a reason for every other sample
 */
export function questionWithMedium(sample: Sample): Question {
  const placed = placeMedia(sample);
  if (!placed.ok) {
    return placed;
  }
  const [turn, ...others] = placed.turns;
  if (turn?.role !== 'user' || others.length > 0) {
    return leftOut('the format holds one question, not a conversation or a system turn');
  }
  const [medium, text = ''] = turn.pieces;
  const count = sample.images.length + sample.videos.length;
  if (count !== 1) {
    return leftOut(`the format holds one image or video, the sample has ${count}`);
  }
  if (medium === undefined || typeof medium === 'string') {
    return leftOut('the trainer puts the image before the text, here it stands inside it');
  }
  // with one medium at the start, what follows is one piece of text
  if (typeof text !== 'string') {
    return leftOut('the format holds one image or video');
  }
  return { ok: true, text: isMarked(sample) ? text.replace(/^\r?\n/, '') : text, medium };
}

/** The text says where its media go. */
export function isMarked({ messages }: Sample): boolean {
  return messages.some(({ content }) => content.includes(MEDIA_PLACEHOLDER));
}
