// Does the dress matter? The bare words of the answer, and as many of them as the shortest one has.

import type { Style } from '../../sample/explanation';
import { rewardAt, tailTokens, textOf, withTexts, type Plan, type Subject } from './plan';
import { plainText } from './plainText';

/** `undefined` when there is neither markdown to take away nor a shorter answer. */
export function planStyle({ request, candidate, own }: Subject): Plan<Style> | undefined {
  const text = textOf(request, candidate);
  const plain = plainText(text);
  const short = cutToShortest(request.sample.candidates, candidate);
  if (plain === undefined && short === undefined) {
    return undefined;
  }
  const texts = [plain, short?.text].filter((changed) => changed !== undefined);
  return {
    requests: [withTexts(request, texts)],
    work: { vision: 0, prefix: own.tokens.prefix, tail: texts.length * tailTokens(own) },
    finish: ([score]) => ({
      check: 'style',
      own: rewardAt(own),
      ...(plain === undefined ? {} : { plain: rewardAt(score) }),
      ...(short === undefined
        ? {}
        : {
            short: {
              candidate: short.candidate,
              characters: short.text.length,
              ...rewardAt(score, texts.length - 1),
            },
          }),
    }),
  };
}

interface Cut {
  /** the shortest answer */
  readonly candidate: number;
  readonly text: string;
}

/** The answer's first words, no longer than the shortest other answer that says something. */
export function cutToShortest(
  candidates: readonly { readonly text: string }[],
  own: number,
): Cut | undefined {
  let shortest: { candidate: number; length: number } | undefined;
  for (const [candidate, { text }] of candidates.entries()) {
    const { length } = text.trim();
    if (candidate !== own && length > 0 && length < (shortest?.length ?? Infinity)) {
      shortest = { candidate, length };
    }
  }
  const text = candidates[own]?.text ?? '';
  if (shortest === undefined || shortest.length >= text.trim().length) {
    return undefined;
  }
  const cut = cutAtWord(text, shortest.length);
  return cut === '' ? undefined : { candidate: shortest.candidate, text: cut };
}

/** @param most characters; a single longer word is cut between two characters */
function cutAtWord(text: string, most: number): string {
  if (/\s/.test(text[most] ?? ' ')) {
    return text.slice(0, most).trimEnd();
  }
  const head = text.slice(0, most);
  const blank = head.search(/\s\S*$/);
  const words = blank < 0 ? '' : head.slice(0, blank).trimEnd();
  // half of a character is none
  return words === '' ? head.replace(/[\uD800-\uDBFF]$/, '') : words;
}
