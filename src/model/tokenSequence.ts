// A prompt as the decoder reads it: token ids, with runs of image tokens in between.

import { AppError } from '../base/errors';
import type { PromptPart } from './chatTemplate';
import type { InternLm2Tokenizer } from './tokenizer/internlm2Tokenizer';

/** A token id, or a run of image tokens of one medium (from its first one on). */
export type SequenceItem = number | { readonly media: number; readonly tokens: number };

/** Encodes parts in order. @param mediaTokens image tokens of each medium */
export function encodeParts(
  parts: readonly PromptPart[],
  tokenizer: InternLm2Tokenizer,
  mediaTokens: readonly number[],
): SequenceItem[] {
  return parts.flatMap((part): SequenceItem[] => {
    switch (part.kind) {
      case 'text':
        return tokenizer.encode(part.text, part.control);
      case 'token':
        return [tokenizer.ids[part.token]];
      case 'media':
        return [{ media: part.index, tokens: mediaTokens[part.index] ?? 0 }];
    }
  });
}

/** Positions a sequence occupies. */
export function sequenceLength(items: readonly SequenceItem[]): number {
  return items.reduce<number>((n, item) => n + (typeof item === 'number' ? 1 : item.tokens), 0);
}

/** The first `length` positions, as the published code truncates: the head is kept. */
export function truncateSequence(items: readonly SequenceItem[], length: number): SequenceItem[] {
  const kept: SequenceItem[] = [];
  let left = length;
  for (const item of items) {
    if (left <= 0) {
      break;
    }
    const size = typeof item === 'number' ? 1 : item.tokens;
    kept.push(typeof item === 'number' || size <= left ? item : { ...item, tokens: left });
    left -= size;
  }
  return kept;
}

/** [start, end) of every run of image tokens. */
export function imageRuns(items: readonly SequenceItem[]): [number, number][] {
  const runs: [number, number][] = [];
  let at = 0;
  for (const item of items) {
    const size = typeof item === 'number' ? 1 : item.tokens;
    if (typeof item !== 'number') {
      runs.push([at, at + size]);
    }
    at += size;
  }
  return runs;
}

/** @throws AppError `TOO_LONG` when prompt and candidate need more than `maxLength` positions */
export function requireFits(needed: number, maxLength: number): void {
  if (needed > maxLength) {
    throw new AppError(
      'TOO_LONG',
      `needs ${needed} tokens with its prompt; max_length is ${maxLength}`,
      { needed, maxLength },
    );
  }
}
