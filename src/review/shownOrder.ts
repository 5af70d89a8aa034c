// The order in which answers are shown, and the way between shown positions and the file's indices.
// Pages name answers by position, journals by index; everything that names one passes through here.

import { sha256 } from '../node/hash';
import type { RankGroups } from '../sample/ranking';

/**
 * Candidate indices of the file by shown position. A candidate beyond it, such as one that was added
 * since, stands at its own index.
 */
export type ShownOrder = readonly number[];

export function fileOrder(candidates: number): ShownOrder {
  return Array.from({ length: candidates }, (_, n) => n);
}

/**
 * As random as its seed: the same seed always gives the same order, every order is as likely.
 * @param seed what the order belongs to
 */
export function shuffledOrder(seed: string, candidates: number): ShownOrder {
  const order = [...fileOrder(candidates)];
  for (let left = candidates; left > 1; left -= 1) {
    const other = drawBelow(left, `${seed}\0${left}`);
    const last = order[left - 1] ?? 0;
    order[left - 1] = order[other] ?? 0;
    order[other] = last;
  }
  return order;
}

/** 48 bits of a hash: far more than any number of answers, so that none is favoured. */
function drawBelow(limit: number, seed: string): number {
  return Number.parseInt(sha256(seed).slice(0, 12), 16) % limit;
}

/** True when it names each of so many candidates once. */
export function isOrder(shown: readonly number[], candidates: number): boolean {
  return (
    shown.length === candidates &&
    new Set(shown).size === candidates &&
    shown.every((index) => Number.isInteger(index) && index >= 0 && index < candidates)
  );
}

/**
 * An order that was written down, for as many candidates as there are now. What it lacks follows in
 * the file's order.
 * @param shown from anywhere; what is no order counts for nothing
 */
export function recordedOrder(shown: readonly number[], candidates: number): ShownOrder {
  const known = shown.filter((index) => index < candidates);
  return isOrder(known, known.length)
    ? [...known, ...fileOrder(candidates).slice(known.length)]
    : fileOrder(candidates);
}

/** The file's index of the answer at a position. */
export function candidateAt(order: ShownOrder, position: number): number {
  return order[position] ?? position;
}

/** Where the answer with an index of the file is shown. */
export function positionOf(order: ShownOrder, candidate: number): number {
  const position = order.indexOf(candidate);
  return position < 0 ? candidate : position;
}

/** What stands by the file's index, by shown position. */
export function toShown<T>(order: ShownOrder, byCandidate: readonly T[]): readonly T[] {
  return byCandidate.flatMap((_, n) => itemAt(byCandidate, candidateAt(order, n)));
}

/** What stands by shown position, by the file's index. */
export function toFile<T>(order: ShownOrder, byPosition: readonly T[]): readonly T[] {
  return byPosition.flatMap((_, n) => itemAt(byPosition, positionOf(order, n)));
}

/** Groups of the file's indices, as groups of positions. */
export function groupsToShown(order: ShownOrder, groups: RankGroups): RankGroups {
  return groups.map((group) =>
    group.map((candidate) => positionOf(order, candidate)).sort(ascending),
  );
}

/** Groups of positions, as groups of the file's indices. */
export function groupsToFile(order: ShownOrder, groups: RankGroups): RankGroups {
  return groups.map((group) =>
    group.map((position) => candidateAt(order, position)).sort(ascending),
  );
}

/** None outside the list; `null` is an item like others. */
function itemAt<T>(items: readonly T[], index: number): readonly T[] {
  return items.slice(index, index + 1);
}

const ascending = (a: number, b: number): number => a - b;
