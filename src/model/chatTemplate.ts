// The conversation template: a sample becomes parts of text, control tokens and media.

import { AppError } from '../base/errors';
import { mediaOf, MEDIA_PLACEHOLDER, type Sample, type Turn } from '../sample/sample';
import type { Compat } from '../sample/reward';
import type { Family } from './manifest';
import type { ControlTokens, SpecialIds } from './tokenizer/internlm2Tokenizer';

/** How a family of models marks turns, and what stands where the reward is read. */
interface Marks {
  readonly turnStart: string;
  readonly turnEnd: string;
  /** ids and text after the last turn */
  readonly end: readonly (keyof SpecialIds)[];
  readonly endText: string;
  /** where media go in a text; in families that read text only it is a text like any other */
  readonly placeholder?: string;
  /** a name that the family's tokenizer alone gives to the reward token */
  readonly rewardName?: string;
}

const MARKS: Readonly<Record<Family, Marks>> = {
  // reference: InternLM/InternLM-XComposer, modeling_internlm_xcomposer2.py of the reward model
  'ixc-2.5-reward': {
    turnStart: '[UNUSED_TOKEN_146]',
    turnEnd: '[UNUSED_TOKEN_145]',
    end: ['eos', 'reward'],
    endText: '</s>[UNUSED_TOKEN_130]',
    placeholder: MEDIA_PLACEHOLDER,
  },
  // reference: allenai/reward-bench, rewardbench/models/internlm.py; the ids are the same, but for
  // the missing end of sequence. Its tokenizer_config.json has `<|reward|>` among the added tokens.
  'internlm2-reward': {
    turnStart: '<|im_start|>',
    turnEnd: '<|im_end|>',
    end: ['reward'],
    endText: '<|reward|>',
    rewardName: '<|reward|>',
  },
};

/** A piece of a prompt, in reading order. */
export type PromptPart =
  | { readonly kind: 'text'; readonly text: string; readonly control: ControlTokens }
  | { readonly kind: 'token'; readonly token: keyof SpecialIds }
  /** `index` counts images, then videos */
  | { readonly kind: 'media'; readonly index: number };

/** A prompt up to the token that opens the candidate's turn, and the rest for one candidate. */
export interface PromptLayout {
  /** the whole prompt as text, with a placeholder where media go */
  readonly text: string;
  readonly prefix: readonly PromptPart[];
  readonly tail: readonly PromptPart[];
}

/**
 * Lays out one candidate of a sample.
 *
 * `reference` follows the published code: text is split on `<ImageHere>` wherever it stands, one
 * medium follows each piece as long as there are media, so superfluous ones land after the reward
 * token, and control tokens written in a text count. Families that read text only know no
 * `<ImageHere>`.
 *
 * `safe` differs in three ways only: mismatched placeholders are an error, several images without
 * any placeholder get the official training form before the first user text, and control tokens
 * in texts (and placeholders in a candidate) are plain text.
 *
 * @throws AppError `PLACEHOLDER_MISMATCH` (safe mode)
 */
export function layoutPrompt(
  sample: Sample,
  candidateText: string,
  compat: Compat,
  family: Family,
): PromptLayout {
  return compat === 'reference'
    ? layoutReference(sample, candidateText, MARKS[family])
    : layoutSafe(sample, candidateText, MARKS[family]);
}

function layoutReference(sample: Sample, candidateText: string, marks: Marks): PromptLayout {
  const mediaCount = countMedia(sample, marks);
  let prefixText = sample.messages.map((turn) => turnText(turn, marks)).join('') + marks.turnStart;
  const tailText = `${sample.candidateRole}\n${candidateText}${marks.turnEnd}\n`;
  if (mediaCount === 1 && !(prefixText + tailText).includes(MEDIA_PLACEHOLDER)) {
    prefixText = MEDIA_PLACEHOLDER + prefixText;
  }
  let placed = 0;
  const place = (): PromptPart[] =>
    placed < mediaCount ? [{ kind: 'media', index: placed++ }] : [];
  const split = (text: string): PromptPart[] =>
    splitAt(text, marks.placeholder).flatMap((piece, index) => [
      ...(index > 0 ? place() : []),
      ...parsedParts(piece, marks),
    ]);
  const prefix = split(prefixText);
  // after the last piece, too: what no placeholder asked for ends up behind the reward token
  const tail = [...split(tailText), ...endParts(marks), ...place()];
  return { text: prefixText + tailText + marks.endText, prefix, tail };
}

function layoutSafe(sample: Sample, candidateText: string, marks: Marks): PromptLayout {
  const mediaCount = countMedia(sample, marks);
  const messages = withPlaceholders(sample.messages, mediaCount, marks);
  const leading = mediaCount === 1 && countPlaceholders(messages, marks) === 0;
  let placed = leading ? 1 : 0;
  const split = (text: string): PromptPart[] =>
    splitAt(text, marks.placeholder).flatMap((piece, index): PromptPart[] => [
      ...(index > 0 ? [{ kind: 'media' as const, index: placed++ }] : []),
      ...textPart(piece, 'plain'),
    ]);
  const prefix: PromptPart[] = [
    ...(leading ? [{ kind: 'media' as const, index: 0 }] : []),
    ...messages.flatMap((turn): PromptPart[] => [
      { kind: 'token', token: 'turnStart' },
      ...split(`${turn.role}\n${turn.content}`),
      { kind: 'token', token: 'turnEnd' },
      { kind: 'text', text: '\n', control: 'plain' },
    ]),
    { kind: 'token', token: 'turnStart' },
  ];
  const tail: PromptPart[] = [
    { kind: 'text', text: `${sample.candidateRole}\n${candidateText}`, control: 'plain' },
    { kind: 'token', token: 'turnEnd' },
    { kind: 'text', text: '\n', control: 'plain' },
    ...endParts(marks),
  ];
  const turns = [...messages, { role: sample.candidateRole, content: candidateText }];
  const text = turns.map((turn) => turnText(turn, marks)).join('') + marks.endText;
  return { text: (leading ? MEDIA_PLACEHOLDER : '') + text, prefix, tail };
}

function turnText({ role, content }: Turn, { turnStart, turnEnd }: Marks): string {
  return `${turnStart}${role}\n${content}${turnEnd}\n`;
}

function endParts({ end }: Marks): PromptPart[] {
  return end.map((token) => ({ kind: 'token', token }));
}

function textPart(text: string, control: ControlTokens): PromptPart[] {
  return text === '' ? [] : [{ kind: 'text', text, control }];
}

/** Text in which control tokens count. */
function parsedParts(text: string, { rewardName }: Marks): PromptPart[] {
  return splitAt(text, rewardName).flatMap((piece, index): PromptPart[] => [
    ...(index > 0 ? [{ kind: 'token' as const, token: 'reward' as const }] : []),
    ...textPart(piece, 'parse'),
  ]);
}

function splitAt(text: string, mark: string | undefined): string[] {
  return mark === undefined ? [text] : text.split(mark);
}

/** Media that get a place; whoever scores refuses those that a family can't see. */
function countMedia(sample: Sample, { placeholder }: Marks): number {
  return placeholder === undefined ? 0 : mediaOf(sample).length;
}

function countPlaceholders(messages: readonly Turn[], { placeholder }: Marks): number {
  return messages.reduce((n, turn) => n + splitAt(turn.content, placeholder).length - 1, 0);
}

/** Adds the training form for several media without placeholders; refuses any other mismatch. */
function withPlaceholders(
  messages: readonly Turn[],
  mediaCount: number,
  marks: Marks,
): readonly Turn[] {
  const found = countPlaceholders(messages, marks);
  if (found === mediaCount || (found === 0 && mediaCount === 1)) {
    return messages;
  }
  if (found > 0 || messages.length === 0) {
    throw new AppError(
      'PLACEHOLDER_MISMATCH',
      `${found} ${MEDIA_PLACEHOLDER} for ${mediaCount} images and videos`,
      { placeholders: found, media: mediaCount },
    );
  }
  const list = Array.from({ length: mediaCount }, (_, n) => `Image${n + 1} ${MEDIA_PLACEHOLDER}; `);
  const firstUser = Math.max(
    0,
    messages.findIndex((turn) => turn.role === 'user'),
  );
  return messages.map((turn, n) =>
    n === firstUser ? { ...turn, content: list.join('') + turn.content } : turn,
  );
}
