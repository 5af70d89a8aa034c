// What people or models say of the answers of an Argilla record, in responses and suggestions.

import * as z from 'zod';
import { isRow } from './rowFormat';
import { text } from './text';

const ranking = z.array(z.looseObject({ value: text, rank: z.number() })).min(1);

/** Of a response; what was submitted, or has no status, counts. */
const NOT_MEANT = ['discarded', 'draft'];
/** Responses are lists of users' values of questions. */
const MAX_DEPTH = 5;

/**
 * The first verdict among the answers to a record's questions, however deep it lies: a ranking, an
 * order of names, or the name of the best.
 * @param names of the fields with answers
 */
export function verdictIn(
  value: unknown,
  names: readonly string[],
  depth = 0,
): number[][] | undefined {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) {
    return undefined;
  }
  const places = ranking.safeParse(value);
  if (places.success) {
    return ranksOf(places.data, names);
  }
  if (isRow(value)) {
    const isMeant = typeof value.status !== 'string' || !NOT_MEANT.includes(value.status);
    if (!isMeant || 'rank' in value) {
      return undefined; // or a place in a ranking that is not complete
    }
    const named = orderOf(value.value, names);
    if (named !== undefined) {
      return named;
    }
  }
  for (const inner of Object.values(value)) {
    const found = verdictIn(inner, names, depth + 1);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** By names of fields: of all, best first, or of the best alone. */
function orderOf(value: unknown, names: readonly string[]): number[][] | undefined {
  const indexes = names.map((_, n) => n);
  if (typeof value === 'string') {
    const best = names.indexOf(value);
    return best < 0 || names.length < 2
      ? undefined
      : [[best], indexes.filter((index) => index !== best)];
  }
  if (!Array.isArray(value) || value.length < 2) {
    return undefined;
  }
  const order = value.map((name: unknown) => names.indexOf(String(name)));
  return indexes.every((index) => order.includes(index)) && order.length === names.length
    ? order.map((index) => [index])
    : undefined;
}

function ranksOf(places: z.infer<typeof ranking>, names: readonly string[]): number[][] {
  const distinct = [...new Set(places.map(({ rank }) => rank))].sort((a, b) => a - b);
  return distinct
    .map((place) =>
      places.flatMap(({ rank, value }) => {
        const index = names.indexOf(value);
        return rank === place && index >= 0 ? [index] : [];
      }),
    )
    .filter((group) => group.length > 0);
}
