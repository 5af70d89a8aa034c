// What a statement about two candidates does to a ranking: "this one is better", "both are the same".

import { moveTo, toGroups, toPlaces, type Places } from './ranking';

/**
 * Ranks `better` above `worse`. What holds already stays as it is; else one candidate moves, as
 * little as needed: the better one goes right above the worse one. One that was not ranked enters
 * next to the other one; two that were not enter last. All others keep their order and their ties.
 */
export function withBetter(places: Places, better: number, worse: number): Places {
  const [up = 0, down = 0] = [places[better], places[worse]];
  if (up > 0 && down > 0 && up < down) {
    return places;
  }
  if (up > 0 && down === 0) {
    return moveTo(places, worse, better, 'after');
  }
  return moveTo(entered(places, worse), better, worse, 'before');
}

/**
 * Ties two candidates: the lower one moves to the group of the higher one, one that was not ranked
 * to that of the other. Two that were not ranked enter last. All others keep their order and their
 * ties.
 */
export function withTie(places: Places, a: number, b: number): Places {
  const [own = 0, other = 0] = [places[a], places[b]];
  if (own > 0 && own === other) {
    return places;
  }
  const aStays = own > 0 && (other === 0 || own < other);
  const [stays, joins] = aStays ? [a, b] : [b, a];
  return moveTo(entered(places, stays), joins, stays, 'tie');
}

/** The candidate has a place: the last one unless it had one. */
function entered(places: Places, candidate: number): Places {
  const groups = toGroups(places);
  return toPlaces((places[candidate] ?? 0) > 0 ? groups : [...groups, [candidate]], places.length);
}
