// Where sentences begin in plain text.

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Stands for code and formulas, whose signs end no sentence. */
export const OPAQUE = 'X';

/** Positions of the first characters of the sentences of a text; of its words, not of the blanks. */
export function sentenceStarts(text: string): readonly number[] {
  return [...segmenter.segment(text)].flatMap(({ segment, index }) => {
    const blank = /^\s*/.exec(segment)?.[0].length ?? 0;
    return blank === segment.length ? [] : [index + blank];
  });
}
