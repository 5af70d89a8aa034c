// Conversations as text with a tag for each image and video, and lists of both beside it.

import type { Role, Sample } from '../../sample/sample';
import { leftOut, written, type RowContext } from './pairFormat';
import { literalTag, placeMedia, withTags } from './placedMedia';

export interface TaggedTurn {
  readonly role: Role;
  readonly text: string;
}

export type TaggedTurns =
  | { readonly ok: true; readonly turns: readonly TaggedTurn[] }
  | { readonly ok: false; readonly reason: string };

/** Trainers count these in all texts and want as many as there are media. */
const TAGS = ['<image>', '<video>', '<audio>'] as const;

/** @param answers of the pair: a tag in one of them would be taken for a medium, too */
export function taggedTurns(sample: Sample, answers: readonly string[]): TaggedTurns {
  const placed = placeMedia(sample);
  if (!placed.ok) {
    return placed;
  }
  const texts = [...sample.messages.map(({ content }) => content), ...answers];
  const literal = literalTag(texts, TAGS);
  if (literal !== undefined) {
    return leftOut(`a text holds ${literal}, which the trainer takes for a place of media`);
  }
  const turns = placed.turns.map((turn) => ({
    role: turn.role,
    text: withTags(turn, ({ kind }) => `<${kind}>`),
  }));
  return { ok: true, turns };
}

/** `images` and `videos` of a row: each only when the sample has any. */
export function mediaColumns({ images, videos }: Sample, { mediumOf }: RowContext): object {
  const named = (paths: readonly string[]): readonly unknown[] =>
    paths.map((path) => written(mediumOf(path)));
  return {
    ...(images.length === 0 ? {} : { images: named(images) }),
    ...(videos.length === 0 ? {} : { videos: named(videos) }),
  };
}

export type Dialogue =
  | {
      readonly ok: true;
      readonly system?: string;
      /** user and assistant in turns, the user first and last */
      readonly turns: readonly TaggedTurn[];
    }
  | { readonly ok: false; readonly reason: string };

/** @returns a reason for conversations that are not a system turn, perhaps, and a dialogue */
export function toDialogue(turns: readonly TaggedTurn[]): Dialogue {
  const [first, ...others] = turns;
  const dialogue = first?.role === 'system' ? others : turns;
  const isDialogue =
    dialogue.length % 2 === 1 &&
    dialogue.every(({ role }, n) => role === (n % 2 === 0 ? 'user' : 'assistant'));
  if (!isDialogue) {
    return leftOut('user and assistant must speak in turns, after one system turn at most');
  }
  return first?.role === 'system'
    ? { ok: true, system: first.text, turns: dialogue }
    : { ok: true, turns: dialogue };
}
