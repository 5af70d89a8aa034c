// Preference pairs from what people decided, over the answers as each of them has revised them.

import { pairsOf, tiesOf, type Pair, type PairPolicy } from '../sample/pair';
import { toPlaces, type Places, type RankGroups } from '../sample/ranking';
import { reviseSample } from '../sample/revision';
import type { Candidate, Sample } from '../sample/sample';
import type { RowVerdicts } from './rowVerdicts';

export interface ChosenPair extends Pair {
  /** comes only from orders of the model that were accepted: nobody voted for it */
  readonly accepted: boolean;
  /** neither is better; the same two stand the other way round, too */
  readonly tied: boolean;
  /** whose ranks put it this way, in order of their names */
  readonly annotators: readonly string[];
  /** when the last of them did */
  readonly at: string;
}

/** An answer that pairs are made of. */
export interface PairAnswer {
  readonly text: string;
  readonly source?: string;
  /** edited or written by a person: not what the file holds there */
  readonly edited: boolean;
}

export interface VerdictPairs {
  /** indices are those of `answers` */
  readonly pairs: readonly ChosenPair[];
  /** those of the file, then those that somebody has edited or written and ranked */
  readonly answers: readonly PairAnswer[];
  /** pairs that another person puts the other way round: nobody is right, so they go */
  readonly disputed: number;
  /** verdicts on a sample that has changed since */
  readonly stale: number;
  /** pairs with an answer that was edited after it was ranked: nobody preferred what it says now */
  readonly outdated: number;
  /** answers were ranked, and all in one place */
  readonly tied: boolean;
}

/** An order in indices of {@link Answers}. */
interface Order {
  readonly ranks: RankGroups;
  readonly accepted: boolean;
  readonly by: string;
  readonly at: string;
}

/** The answers of a sample over all people. The same words by two people are one answer. */
class Answers {
  readonly all: PairAnswer[];
  readonly #revised = new Map<string, number>();

  constructor({ candidates }: Sample) {
    this.all = candidates.map((candidate) => ({ ...candidate, edited: false }));
    for (const [n, { text }] of candidates.entries()) {
      this.#revised.set(text, n);
    }
  }

  /** @returns the place of an answer that was edited or added; that of the same words in the file */
  revised(answer: Candidate): number {
    const known = this.#revised.get(answer.text);
    if (known !== undefined) {
      return known;
    }
    this.#revised.set(answer.text, this.all.length);
    return this.all.push({ ...answer, edited: true }) - 1;
  }
}

/**
 * The pairs of one sample over the verdicts of these people, each pair once.
 * @param ties answers that some tie, and nobody puts apart, give a pair in each direction
 */
export function verdictPairs(
  verdicts: RowVerdicts,
  people: readonly string[],
  sample: Sample,
  policy: PairPolicy,
  ties = false,
): VerdictPairs {
  const answers = new Answers(sample);
  const orders: Order[] = [];
  let stale = 0;
  let outdated = 0;
  for (const person of people) {
    const verdict = verdicts.of(person, sample.candidates.length);
    if (verdict.decision?.kind === 'rank' && verdict.stale) {
      stale += 1;
    } else if (verdict.decision?.kind === 'rank') {
      const { ranks, accepted, by, at } = verdict.decision;
      const places = placesIn(answers, sample, verdicts, person);
      const old = new Set(verdict.editedSince);
      const isOld = ({ chosen, rejected }: Pair): boolean => old.has(chosen) || old.has(rejected);
      outdated += pairsOf(ranks, policy).filter(isOld).length;
      outdated += ties ? bothWays(tiesOf(ranks, policy)).filter(isOld).length : 0;
      const valid = ranks.map((group) => group.filter((index) => !old.has(index)));
      orders.push({ ranks: translated(valid, places), accepted, by, at });
    }
  }
  const count = answers.all.length;
  const placed = orders.map((order) => ({ ...order, places: toPlaces(order.ranks, count) }));
  // everybody's whole ranking counts, not only the pairs that the policy takes from it
  const whoPut = (better: number, worse: number): readonly Order[] =>
    placed.filter(({ places }) => {
      const [first = 0, second = 0] = [places[better], places[worse]];
      return first > 0 && second > 0 && first < second;
    });
  const found = new Map<string, Pair & { readonly accepted: boolean }>();
  for (const { ranks, accepted } of orders) {
    for (const pair of pairsOf(ranks, policy)) {
      const name = `${pair.chosen}>${pair.rejected}`;
      found.set(name, { ...pair, accepted: accepted && found.get(name)?.accepted !== false });
    }
  }
  const pairs = [...found.values()]
    .filter(({ chosen, rejected }) => whoPut(rejected, chosen).length === 0)
    .map((pair) => ({ ...pair, tied: false, ...signed(whoPut(pair.chosen, pair.rejected)) }));
  const tied = ties ? tiedPairs(placed, policy) : [];
  return {
    pairs: [...pairs, ...tied],
    answers: answers.all,
    disputed: found.size - pairs.length,
    stale,
    outdated,
    tied:
      found.size === 0 &&
      tied.length === 0 &&
      orders.some(({ ranks }) => (ranks[0]?.length ?? 0) > 1),
  };
}

/** Pairs that somebody ties and nobody puts apart. */
function tiedPairs(
  orders: readonly (Order & { readonly places: Places })[],
  policy: PairPolicy,
): ChosenPair[] {
  const found = new Map<string, readonly [number, number]>();
  for (const { ranks } of orders) {
    for (const [a, b] of tiesOf(ranks, policy)) {
      found.set([a, b].sort((x, y) => x - y).join('='), [a, b]);
    }
  }
  return [...found.values()].flatMap(([a, b]) => {
    const judged = orders.filter(({ places }) => (places[a] ?? 0) > 0 && (places[b] ?? 0) > 0);
    if (judged.some(({ places }) => places[a] !== places[b])) {
      return [];
    }
    const accepted = judged.every((order) => order.accepted);
    return bothWays([[a, b]]).map((pair) => ({ ...pair, accepted, tied: true, ...signed(judged) }));
  });
}

function bothWays(ties: readonly (readonly [number, number])[]): Pair[] {
  return ties.flatMap(([a, b]) => [
    { chosen: a, rejected: b },
    { chosen: b, rejected: a },
  ]);
}

/** Who ranked, and when the last of them did. */
function signed(orders: readonly Order[]): Pick<ChosenPair, 'annotators' | 'at'> {
  const byTime = [...orders].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return {
    annotators: [...new Set(orders.map(({ by }) => by))].sort(),
    at: byTime.at(-1)?.at ?? '',
  };
}

/** Where the answers that a person saw stand among all. */
function placesIn(
  answers: Answers,
  sample: Sample,
  verdicts: RowVerdicts,
  person: string,
): readonly number[] {
  const { sample: own, origins } = reviseSample(sample, verdicts.changesOf(person));
  return own.candidates.map((answer, n) => {
    const origin = origins[n];
    const isOfFile = origin?.added === false && origin.original === undefined;
    return isOfFile ? n : answers.revised(answer);
  });
}

/** Ranks in other indices; what has none, or stands there already, is left out. */
function translated(ranks: RankGroups, places: readonly number[]): RankGroups {
  const seen = new Set<number>();
  return ranks
    .map((group) =>
      group.flatMap((index) => {
        const place = places[index];
        if (place === undefined || seen.has(place)) {
          return [];
        }
        seen.add(place);
        return [place];
      }),
    )
    .filter((group) => group.length > 0);
}
