// Words that one answer has and another lacks, in the text as it is shown.

import { diffArrays } from 'diff';

/** Answers that differ in more words than this are compared without regard to order. */
const MAX_EDITS = 600;

const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’.,-]*[\p{L}\p{N}]|[\p{L}\p{N}]|[^\s\p{L}\p{N}]+/gu;

/** From the first to the last word of a run, both within. */
export interface WordRun {
  readonly start: number;
  readonly end: number;
}

/** Words and signs of a text, in their order, with where they stand. */
export function wordsOf(text: string): readonly { readonly word: string; readonly at: number }[] {
  return [...text.matchAll(WORD)].map((match) => ({ word: match[0], at: match.index }));
}

/** Runs of words in `own` that `base` lacks at their place. Case counts: it may be what is wrong. */
export function missingFrom(base: readonly string[], own: readonly string[]): readonly WordRun[] {
  const changes =
    leastEdits(base, own) > MAX_EDITS
      ? undefined
      : diffArrays([...base], [...own], { maxEditLength: MAX_EDITS });
  if (changes === undefined) {
    const known = new Set(base);
    return runsOf(own.map((word) => !known.has(word)));
  }
  return runsOf(
    changes.flatMap(({ value, added, removed }) => (removed ? [] : value.map(() => added))),
  );
}

/** Words that come in one and not in the other: fewer changes can't turn one into the other. */
function leastEdits(base: readonly string[], own: readonly string[]): number {
  const surplus = new Map<string, number>();
  for (const word of base) {
    surplus.set(word, (surplus.get(word) ?? 0) + 1);
  }
  for (const word of own) {
    surplus.set(word, (surplus.get(word) ?? 0) - 1);
  }
  return [...surplus.values()].reduce((sum, count) => sum + Math.abs(count), 0);
}

function runsOf(missing: readonly boolean[]): WordRun[] {
  const runs: WordRun[] = [];
  for (let start = 0; start < missing.length; start += 1) {
    if (missing[start] === true) {
      let end = start;
      while (missing[end + 1] === true) {
        end += 1;
      }
      runs.push({ start, end });
      start = end;
    }
  }
  return runs;
}
