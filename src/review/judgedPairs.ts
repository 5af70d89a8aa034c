// Pairs of answers from people's verdicts, for the statistics of who agrees with whom.

import type { PairCall } from '../scoring/statistics/cohenKappa';
import type { JudgedPair } from '../scoring/statistics/pairAgreement';
import type { SourceComparison } from '../scoring/statistics/sourceLeague';
import type { JudgedSample, PersonVerdict, PlacedAnswer } from './judgedSamples';

/** What counts of a verdict on a sample. */
export interface Vote {
  /** of the sample */
  readonly line: number;
  readonly verdict: PersonVerdict;
  /** at least one */
  readonly placed: readonly PlacedAnswer[];
}

/** Rankings that stand. */
export function votesOf(samples: readonly JudgedSample[]): readonly Vote[] {
  return samples.flatMap(({ line, verdicts }) =>
    verdicts.flatMap((verdict): Vote[] => {
      const { placed = [], stale } = verdict;
      return stale || placed.length === 0 ? [] : [{ line, verdict, placed }];
    }),
  );
}

type AnswerPair = readonly [PlacedAnswer, PlacedAnswer];

/** Every two placed answers once, the better one first where they are not tied. */
export function placedPairs(placed: readonly PlacedAnswer[]): readonly AnswerPair[] {
  return placed.flatMap((first, n) =>
    placed
      .slice(n + 1)
      .map((second): AnswerPair =>
        second.place < first.place ? [second, first] : [first, second],
      ),
  );
}

/** Pairs that the person does not tie and that both have a reward. */
export function judgedPairs(votes: readonly Vote[]): readonly JudgedPair[] {
  return votes.flatMap(({ line, placed }) =>
    placedPairs(placed).flatMap(([better, worse]): JudgedPair[] =>
      better.place === worse.place || better.reward === undefined || worse.reward === undefined
        ? []
        : [{ sample: line, margin: better.reward - worse.reward }],
    ),
  );
}

/** Pairs of answers that both have a source, ties too. */
export function sourceComparisons(votes: readonly Vote[]): readonly SourceComparison[] {
  return votes.flatMap(({ line, placed }) =>
    placedPairs(placed).flatMap(([first, second]): SourceComparison[] =>
      first.source === undefined || second.source === undefined
        ? []
        : [
            {
              sample: line,
              a: first.source,
              b: second.source,
              result: first.place === second.place ? 0.5 : 1,
            },
          ],
    ),
  );
}

/** What two people say of the pairs of one sample that both have placed, told by their texts. */
export function callsOfBoth(
  own: readonly PlacedAnswer[],
  other: readonly PlacedAnswer[],
): readonly (readonly [PairCall, PairCall])[] {
  const places = new Map(other.map(({ text, place }) => [text, place]));
  const common = own.flatMap(({ text, place }) => {
    const theirs = places.get(text);
    return theirs === undefined ? [] : [[place, theirs] as const];
  });
  return common.flatMap(([ownA, otherA], n) =>
    common
      .slice(n + 1)
      .map(([ownB, otherB]) => [callOf(ownA, ownB), callOf(otherA, otherB)] as const),
  );
}

function callOf(first: number, second: number): PairCall {
  return first < second ? 'better' : first > second ? 'worse' : 'tied';
}
