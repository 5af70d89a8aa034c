// VLFeedback (its dataset card): several answers, each rated by a judge on three aspects.

import * as z from 'zod';
import { givenOf, toCandidate, toContent } from './answers';
import { optionalText } from './columns';
import { mediaColumn } from './mediaReference';
import { pick } from './pick';
import { defineFormat, isRow } from './rowFormat';
import { text } from './text';

const aspects = z.record(z.string(), z.looseObject({ Rating: z.unknown().optional() }).nullish());
const inColumns = z
  .object({
    response: z.array(text.nullish()),
    model: z.array(optionalText).nullish(),
    annotations: z.array(aspects.nullish()).nullish(),
  })
  .transform(({ response, model, annotations }) =>
    response.map((answer, n) => ({
      response: answer,
      model: model?.[n],
      annotations: annotations?.[n],
    })),
  );
interface Completion {
  readonly response?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly annotations?: z.infer<typeof aspects> | null | undefined;
}

const inRows = z
  .array(
    z
      .looseObject({
        response: optionalText,
        model: optionalText,
        annotations: aspects.nullish(),
      })
      .nullish(),
  )
  .transform((rows) => rows.filter((row) => row != null));

/** The mean of an answer's ratings; those that are no number ("N/A") do not count. */
function meanRating(annotation: z.infer<typeof aspects> | null | undefined): number | null {
  const ratings = Object.values(annotation ?? {})
    .map((aspect) => aspect?.Rating)
    .map((rating) =>
      typeof rating === 'number' || (typeof rating === 'string' && rating.trim() !== '')
        ? Number(rating)
        : NaN,
    )
    .filter(Number.isFinite);
  return ratings.length === 0 ? null : ratings.reduce((a, b) => a + b, 0) / ratings.length;
}

export const vlFeedback = defineFormat({
  name: 'VLFeedback',
  expected: '"prompt" and "completions" with "response", "model" and "annotations"',
  fits: ({ completions }) =>
    (isRow(completions) && Array.isArray(completions.response)) ||
    (Array.isArray(completions) &&
      completions.some((each: unknown) => isRow(each) && 'response' in each)),
  shape: {
    prompt: text,
    completions: pick<Completion[]>((value) => (Array.isArray(value) ? inRows : inColumns)),
    img_path: mediaColumn,
    image: mediaColumn,
  },
  kept: ['completions'],
  toContent({ prompt, completions, image, img_path: path }) {
    const given = completions.flatMap(({ response, ...about }) =>
      response == null ? [] : [{ response, ...about }],
    );
    const scores = given.map(({ annotations }) => meanRating(annotations));
    return toContent({
      prompt,
      images: image.length > 0 ? image : path,
      videos: [],
      answers: given.map(({ response, model }) => toCandidate(response, model)),
      given: givenOf({ scores: scores.every((score) => score === null) ? undefined : scores }),
    });
  },
});
