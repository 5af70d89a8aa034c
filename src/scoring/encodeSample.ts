// A sample as sequences of tokens: one prefix, one tail per candidate, or whole conversations.

import { AppError, encodeError, type EncodedError } from '../base/errors';
import { layoutPrompt, type PromptPart } from '../model/chatTemplate';
import type { PromptModel } from '../model/promptModel';
import {
  encodeParts,
  requireFits,
  sequenceLength,
  truncateSequence,
  type SequenceItem,
} from '../model/tokenSequence';
import type { Sample } from '../sample/sample';
import type { ScoreOptions } from '../sample/scorer';

export interface EncodedCandidate {
  /** the whole prompt as text */
  readonly promptText: string;
  /** the whole conversation as it is scored; in reference mode it may be cut */
  readonly whole: readonly SequenceItem[];
  /** what follows the shared prefix; `undefined` when the conversation must be scored undivided */
  readonly tail: readonly SequenceItem[] | undefined;
  /** positions of the prefix and of the rest */
  readonly prefixTokens: number;
  readonly tailTokens: number;
  /** tokens of the candidate's own text */
  readonly textTokens: number;
}

export type CandidateEncoding =
  | { readonly ok: true; readonly encoded: EncodedCandidate }
  | { readonly ok: false; readonly error: EncodedError };

export interface EncodedSample {
  /** shared by all candidates that have a tail */
  readonly prefix: readonly SequenceItem[];
  readonly candidates: readonly CandidateEncoding[];
}

/**
 * Lays out and tokenises every candidate. A candidate goes undivided when it was cut, when its
 * tail holds images, or when it is longer than the model's trained length (then the rotary base
 * depends on the total).
 * @param mediaTokens image tokens of each medium
 * @throws AppError `PLACEHOLDER_MISMATCH` when the prompt itself is at fault
 */
export function encodeSample(
  model: PromptModel,
  sample: Sample,
  mediaTokens: readonly number[],
  options: ScoreOptions,
): EncodedSample {
  const maxLength = sample.maxLength ?? options.maxLength;
  // the prompt is the same for all candidates, unless one of them brings its images
  const prefixes = new Map<string, readonly SequenceItem[]>();
  const encodePrefix = (parts: readonly PromptPart[]): readonly SequenceItem[] => {
    const key = JSON.stringify(parts);
    const known = prefixes.get(key) ?? encodeParts(parts, model.tokenizer, mediaTokens);
    prefixes.set(key, known);
    return known;
  };
  const encode = (text: string): EncodedCandidate => {
    const layout = layoutPrompt(sample, text, options.compat, model.manifest.family);
    const prefix = encodePrefix(layout.prefix);
    const tail = encodeParts(layout.tail, model.tokenizer, mediaTokens);
    const prefixTokens = sequenceLength(prefix);
    const total = prefixTokens + sequenceLength(tail) + 1;
    if (options.compat === 'safe') {
      requireFits(total, maxLength);
    }
    const bos: SequenceItem = model.tokenizer.ids.bos;
    const whole = truncateSequence([bos, ...prefix, ...tail], maxLength);
    const undivided =
      total > maxLength ||
      total > model.manifest.dims.maxPositions ||
      tail.some((item) => typeof item !== 'number');
    const scored = Math.min(total, maxLength);
    return {
      promptText: layout.text,
      whole,
      tail: undivided ? undefined : tail,
      prefixTokens: Math.min(prefixTokens + 1, scored),
      tailTokens: Math.max(0, scored - prefixTokens - 1),
      textTokens: model.tokenizer.encode(text, 'plain').length,
    };
  };
  const candidates = sample.candidates.map(({ text }): CandidateEncoding => {
    try {
      return { ok: true, encoded: encode(text) };
    } catch (error) {
      if (error instanceof AppError && error.code === 'TOO_LONG') {
        return { ok: false, error: encodeError(error) };
      }
      throw error;
    }
  });
  const divided = candidates.find((c) => c.ok && c.encoded.tail !== undefined);
  const prefix =
    divided?.ok === true
      ? truncateSequence(divided.encoded.whole, divided.encoded.prefixTokens)
      : [];
  return { prefix, candidates };
}
