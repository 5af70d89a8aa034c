// A ranking in the making: places given to candidates, and the moves that change them.

/**
 * The place of every candidate, from 1 (best); 0 is not ranked. Equal places are ties.
 * Places may have gaps while a person types them in any order.
 */
export type Places = readonly number[];

/** Candidate indices in groups, best group first; the members of a group are tied. */
export type RankGroups = readonly (readonly number[])[];

export function emptyPlaces(candidates: number): Places {
  return new Array<number>(candidates).fill(0);
}

export function isRanked(places: Places): boolean {
  return places.some((place) => place > 0);
}

/** Groups in order of place; candidates that are not ranked are left out. */
export function toGroups(places: Places): RankGroups {
  const used = [...new Set(places)].filter((place) => place > 0).sort((a, b) => a - b);
  return used.map((place) => places.flatMap((own, index) => (own === place ? [index] : [])));
}

export function toPlaces(groups: RankGroups, candidates: number): Places {
  const places = new Array<number>(candidates).fill(0);
  for (const [n, group] of groups.entries()) {
    for (const index of group) {
      places[index] = n + 1;
    }
  }
  return places;
}

export function unrankedOf(places: Places): readonly number[] {
  return places.flatMap((place, index) => (place === 0 ? [index] : []));
}

/** Gives a candidate a place; others that have it are tied with it. 0 takes its place away. */
export function withPlace(places: Places, candidate: number, place: number): Places {
  return places.map((own, index) => (index === candidate ? place : own));
}

/**
 * Moves a candidate one step up or down. Inside a tie it first leaves the tie on that side;
 * alone it changes places with the neighbouring group. Unranked, it enters last (up) or stays.
 */
export function moveOne(places: Places, candidate: number, step: -1 | 1): Places {
  const groups = toGroups(places);
  const at = groups.findIndex((group) => group.includes(candidate));
  if (at < 0) {
    return step < 0 ? toPlaces([...groups, [candidate]], places.length) : places;
  }
  const group = groups[at] ?? [];
  if (group.length > 1) {
    const rest = group.filter((index) => index !== candidate);
    const split = step < 0 ? [[candidate], rest] : [rest, [candidate]];
    return toPlaces(groups.toSpliced(at, 1, ...split), places.length);
  }
  const other = groups[at + step];
  if (other === undefined) {
    return toPlaces(groups, places.length);
  }
  const first = Math.min(at, at + step);
  const swapped = step < 0 ? [group, other] : [other, group];
  return toPlaces(groups.toSpliced(first, 2, ...swapped), places.length);
}

/** Ties a candidate with the group above it; if it is tied already, it becomes its own group below. */
export function toggleTie(places: Places, candidate: number): Places {
  const groups = toGroups(places);
  const at = groups.findIndex((group) => group.includes(candidate));
  const group = groups[at];
  if (group === undefined) {
    return places;
  }
  if (group.length > 1) {
    const rest = group.filter((index) => index !== candidate);
    return toPlaces(groups.toSpliced(at, 1, rest, [candidate]), places.length);
  }
  const above = groups[at - 1];
  return above === undefined
    ? places
    : toPlaces(groups.toSpliced(at - 1, 2, [...above, candidate]), places.length);
}

/** Ties group `n` with the one after it, or separates nothing when there is none. */
export function joinGroups(places: Places, n: number): Places {
  const groups = toGroups(places);
  const [a, b] = [groups[n], groups[n + 1]];
  return a === undefined || b === undefined
    ? places
    : toPlaces(groups.toSpliced(n, 2, [...a, ...b]), places.length);
}

/** Separates a tied group before its member `candidate`. */
export function splitGroup(places: Places, candidate: number): Places {
  const groups = toGroups(places);
  const at = groups.findIndex((group) => group.includes(candidate));
  const group = groups[at] ?? [];
  const cut = group.indexOf(candidate);
  return cut <= 0
    ? places
    : toPlaces(groups.toSpliced(at, 1, group.slice(0, cut), group.slice(cut)), places.length);
}

/** Puts a candidate before, after or into (tied) the group of another one; the drag and drop moves. */
export function moveTo(
  places: Places,
  candidate: number,
  target: number,
  where: 'before' | 'after' | 'tie',
): Places {
  if (candidate === target) {
    return places;
  }
  const groups = toGroups(withPlace(places, candidate, 0)).map((group) => [...group]);
  const at = groups.findIndex((group) => group.includes(target));
  if (at < 0) {
    return toPlaces([...groups, [candidate]], places.length);
  }
  if (where === 'tie') {
    groups[at]?.push(candidate);
  } else {
    groups.splice(where === 'before' ? at : at + 1, 0, [candidate]);
  }
  return toPlaces(groups, places.length);
}

/**
 * Groups by reward, best first; candidates without one are left out. Equal rewards tie, and so do
 * those that are less than the noise floor below the best of their group.
 */
export function groupsFromRewards(rewards: readonly (number | null)[], noiseFloor = 0): RankGroups {
  const scored = rewards.flatMap((reward, index) => (reward === null ? [] : [{ reward, index }]));
  scored.sort((a, b) => b.reward - a.reward || a.index - b.index);
  const groups: number[][] = [];
  let best = Infinity;
  for (const { reward, index } of scored) {
    const isTied = reward === best || best - reward < noiseFloor;
    if (groups.length > 0 && isTied) {
      groups.at(-1)?.push(index);
    } else {
      groups.push([index]);
      best = reward;
    }
  }
  return groups.map((group) => group.sort((a, b) => a - b));
}

/** The pairs that two rankings put the other way round, as [better, worse] of the first. */
export function disagreements(a: Places, b: Places): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i < a.length; i += 1) {
    for (let j = i + 1; j < a.length; j += 1) {
      const [ai = 0, aj = 0, bi = 0, bj = 0] = [a[i], a[j], b[i], b[j]];
      if (ai > 0 && aj > 0 && bi > 0 && bj > 0 && (ai - aj) * (bi - bj) < 0) {
        pairs.push(ai < aj ? [i, j] : [j, i]);
      }
    }
  }
  return pairs;
}
