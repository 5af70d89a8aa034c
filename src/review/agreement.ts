// How far the model agrees with people, and people with each other.

import { groupsFromRewards, toPlaces } from '../sample/ranking';
import type {
  AgreementStatistics,
  PairAgreement,
  PeopleAgreement,
  VerdictMean,
} from '../sample/statistics';
import {
  bootstrapInterval,
  bootstrapRatio,
  bySample,
} from '../scoring/statistics/bootstrapInterval';
import { callTable, pairKappa, type CallPairs } from '../scoring/statistics/cohenKappa';
import { kendallTauB } from '../scoring/statistics/kendallTau';
import { pairAgreement } from '../scoring/statistics/pairAgreement';
import { mean } from '../scoring/statistics/quantile';
import { topAgreement, topChoice } from '../scoring/statistics/topAgreement';
import { callsOfBoth, judgedPairs, type Vote } from './judgedPairs';

/**
 * @param votes of the selection, accepted orders too
 * @param people of the selection, in the order in which they are named
 */
export function agreementStatistics(
  votes: readonly Vote[],
  people: readonly string[],
  noiseFloor: number,
): AgreementStatistics {
  const own = votes.filter(({ verdict }) => !verdict.accepted);
  const agreementOf = (some: readonly Vote[]): PairAgreement | undefined =>
    pairAgreement(judgedPairs(some), noiseFloor);
  const orders = own.flatMap((vote) => orderOf(vote, noiseFloor) ?? []);
  return {
    votes: agreementOf(own),
    blind: agreementOf(own.filter(({ verdict }) => verdict.blind)),
    accepted: agreementOf(votes.filter(({ verdict }) => verdict.accepted)),
    top: topAgreement(
      orders.flatMap(({ sample, person, model }) => topChoice(sample, person, model) ?? []),
    ),
    tau: meanOf(
      // best first in both: equal signs either way
      orders.flatMap(({ sample, person, model }) => {
        const value = kendallTauB(person, model);
        return value === undefined ? [] : [{ sample, value }];
      }),
    ),
    people: people.flatMap((first, n) =>
      people.slice(n + 1).flatMap((second) => peopleAgreement(own, first, second) ?? []),
    ),
  };
}

/** Places of the same answers by a person and by the model. */
interface Order {
  readonly sample: number;
  readonly person: readonly number[];
  readonly model: readonly number[];
}

/** Of the answers that a person has placed and the model has scored. */
function orderOf({ line, placed }: Vote, noiseFloor: number): Order | undefined {
  const known = placed.flatMap(({ place, reward }) =>
    reward === undefined ? [] : [{ place, reward }],
  );
  if (known.length < 2) {
    return undefined;
  }
  const groups = groupsFromRewards(
    known.map(({ reward }) => reward),
    noiseFloor,
  );
  return {
    sample: line,
    person: known.map(({ place }) => place),
    model: toPlaces(groups, known.length),
  };
}

function meanOf(
  values: readonly { readonly sample: number; readonly value: number }[],
): VerdictMean | undefined {
  const shares = bySample(values);
  return values.length === 0
    ? undefined
    : {
        value: mean(values.map(({ value }) => value)),
        interval: bootstrapRatio(shares),
        verdicts: values.length,
        samples: shares.length,
      };
}

/** @returns `undefined` where they have no pair in common */
function peopleAgreement(
  votes: readonly Vote[],
  first: string,
  second: string,
): PeopleAgreement | undefined {
  const votesBy = (name: string): ReadonlyMap<number, Vote> =>
    new Map(
      votes.filter(({ verdict }) => verdict.person === name).map((vote) => [vote.line, vote]),
    );
  const others = votesBy(second);
  const samples = [...votesBy(first)].flatMap(([line, { placed }]): CallPairs[] => {
    const calls = callsOfBoth(placed, others.get(line)?.placed ?? []);
    return calls.length === 0 ? [] : [calls];
  });
  const tables = samples.map(callTable);
  return samples.length === 0
    ? undefined
    : {
        first,
        second,
        kappa: pairKappa(tables),
        interval: bootstrapInterval(samples.length, (drawn) => pairKappa(tables, drawn)),
        pairs: samples.flat().length,
        samples: samples.length,
      };
}
