// Rows of reward-model benchmarks: VL-RewardBench, Multimodal RewardBench, RewardBench 2, RM-Bench.

import * as z from 'zod';
import { givenOf, toCandidate, toContent } from './answers';
import { mediaColumns, mediaOfColumns, optionalText, texts } from './columns';
import { mediaColumn } from './mediaReference';
import { defineFormat } from './rowFormat';
import { text } from './text';
import { textOrTurns } from './turns';

/** Places (0 is best) by candidate to groups of candidates. */
function ranksOf(places: readonly number[]): number[][] {
  const distinct = [...new Set(places)].sort((a, b) => a - b);
  return distinct.map((place) => places.flatMap((each, n) => (each === place ? [n] : [])));
}

export const vlRewardBench = defineFormat({
  name: 'VL-RewardBench',
  expected: '"query", a list of answers as "response", and "human_ranking"',
  fits: (row) => typeof row.query === 'string' && Array.isArray(row.response),
  shape: {
    query: text,
    response: texts,
    human_ranking: z.array(z.number()).nullish(),
    models: texts.nullish().catch(null),
    image: mediaColumn,
    image_path: mediaColumn,
    query_source: optionalText,
  },
  toContent(row) {
    const { response, human_ranking: places, image, image_path: path, models } = row;
    if (places != null && places.length !== response.length) {
      const message = `${response.length} answers, ${places.length} places in "human_ranking"`;
      return { code: 'ROW_SHAPE', message };
    }
    return toContent({
      prompt: row.query,
      images: path.length > 0 && image[0]?.startsWith('data:') !== true ? path : image,
      videos: [],
      answers: response.map((answer, n) => toCandidate(answer, models?.[n])),
      given: givenOf({ ranks: places == null ? null : ranksOf(places) }),
      domain: row.query_source,
    });
  },
});

export const multimodalRewardBench = defineFormat({
  name: 'Multimodal RewardBench',
  expected: '"Text", "Output1", "Output2" and "Better"',
  fits: (row) => 'Text' in row && 'Output1' in row && 'Output2' in row,
  shape: {
    Text: text,
    Image: mediaColumn,
    Output1: text,
    Output2: text,
    Better: z.enum(['Output1', 'Output2']).nullish(),
    Category: optionalText,
  },
  toContent: (row) =>
    toContent({
      prompt: row.Text,
      images: row.Image,
      videos: [],
      answers: [toCandidate(row.Output1), toCandidate(row.Output2)],
      given: givenOf({
        ranks: row.Better == null ? null : row.Better === 'Output1' ? [[0], [1]] : [[1], [0]],
      }),
      domain: row.Category,
    }),
});

const manyAnswers = z.array(text).min(1);

/** RewardBench 2 (any of the right answers beats the wrong ones) and RM-Bench (three styles of each). */
export const answerLists = defineFormat({
  name: 'RewardBench 2 or RM-Bench',
  expected: '"prompt", and "chosen" and "rejected" as lists of texts',
  fits: ({ prompt, chosen, rejected }) =>
    prompt !== undefined &&
    Array.isArray(chosen) &&
    Array.isArray(rejected) &&
    typeof chosen[0] === 'string' &&
    typeof rejected[0] === 'string',
  shape: {
    prompt: textOrTurns,
    chosen: manyAnswers,
    rejected: manyAnswers,
    models: texts.nullish().catch(null),
    subset: optionalText,
    domain: optionalText,
    ...mediaColumns,
  },
  toContent(row) {
    const { chosen, rejected, models } = row;
    const answers = [...chosen, ...rejected];
    const named = models?.length === answers.length ? models : undefined;
    return toContent({
      prompt: row.prompt,
      ...mediaOfColumns(row),
      answers: answers.map((answer, n) => toCandidate(answer, named?.[n])),
      given: {
        ranks: [chosen.map((_, n) => n), rejected.map((_, n) => chosen.length + n)],
      },
      domain: row.domain ?? row.subset,
    });
  },
});
