// The sample: one prompt with its candidate responses, as every stage passes it on.

export const ROLES = ['system', 'user', 'assistant'] as const;
export type Role = (typeof ROLES)[number];

/** One message of a conversation. `content` is used verbatim: nothing is trimmed. */
export interface Turn {
  readonly role: Role;
  readonly content: string;
}

/** One response to the prompt. */
export interface Candidate {
  readonly text: string;
  /** who wrote it, usually a model's name */
  readonly source?: string;
}

/**
 * What a dataset says about its candidates: the judgement of whoever made it, for exports. It is
 * never a verdict of the person who reviews, and is not part of what they judge.
 */
export interface GivenPreference {
  /** candidate indices, best first; ties share a group; a candidate without a place is left out */
  readonly ranks?: readonly (readonly number[])[];
  /** by candidate, on whatever scale the dataset uses; higher is better */
  readonly scores?: readonly (number | null)[];
  /** by candidate: desirable or not (KTO) */
  readonly labels?: readonly boolean[];
  /** by how much the first candidate is to beat the second */
  readonly margin?: number;
}

/** A prompt, its media and its candidates: one row of a dataset. */
export interface Sample {
  /** unique in the file by convention only: the line number tells duplicates apart */
  readonly id: string;
  /** line in its file, from 1; of a file that is one JSON list, the place in the list */
  readonly line: number;
  /** the conversation before the candidate's turn */
  readonly messages: readonly Turn[];
  /** who speaks the candidates: `assistant`, save for whole conversations scored as they are */
  readonly candidateRole: Role;
  /** paths as written in the file */
  readonly images: readonly string[];
  /** paths as written in the file */
  readonly videos: readonly string[];
  readonly candidates: readonly Candidate[];
  readonly domain?: string;
  /** overrides the run's tile limit */
  readonly hdNum?: number;
  /** overrides the run's token limit */
  readonly maxLength?: number;
  /** labels that came with the dataset */
  readonly given?: GivenPreference;
}

/** Where an image or a video goes in a text. Images fill the marks first, then videos. */
export const MEDIA_PLACEHOLDER = '<ImageHere>';

/** All media paths in the order in which they fill the placeholders. */
export function mediaOf(sample: Sample): readonly string[] {
  return [...sample.images, ...sample.videos];
}

/** The last user turn: what a person would call the question. */
export function promptText(sample: Sample): string {
  return sample.messages.findLast((turn) => turn.role === 'user')?.content ?? '';
}
