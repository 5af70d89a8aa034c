// A verdict in the making on the sample that is shown.

import type { Draft, RecordBody, SampleView } from '../src/protocol/reviewProtocol';
import { emptyPlaces, isRanked, toGroups, toPlaces, unrankedOf } from '../src/sample/ranking';

/** What stands in the journal, or nothing. Stale verdicts are not taken up. */
export function savedDraft({ candidates, verdict }: SampleView): Draft {
  const decision = verdict.stale ? undefined : verdict.decision;
  const count = candidates.length;
  return {
    places: [
      ...(decision?.kind === 'rank'
        ? // a journal may come from anywhere: it can't rank answers that are not there
          toPlaces(decision.ranks, count).slice(0, count)
        : emptyPlaces(count)),
    ],
    allBad: decision?.kind === 'allBad',
    accepted: decision?.kind === 'rank' && decision.accepted,
  };
}

/** Answers that are in both stand where they stood: added ones come after the others. */
export function sameOrder({ shown: before }: SampleView, { shown: after }: SampleView): boolean {
  const both = Math.min(before.length, after.length);
  return String(before.slice(0, both)) === String(after.slice(0, both));
}

/**
 * Two drafts say the same, whatever numbers their places have. The model's order that was accepted
 * and the same order as a vote do not.
 */
export function sameDraft(a: Draft, b: Draft): boolean {
  return (
    a.allBad === b.allBad &&
    a.accepted === b.accepted &&
    JSON.stringify(toGroups(a.places)) === JSON.stringify(toGroups(b.places))
  );
}

/** The journal body, or `undefined` when nothing is decided. @param ms time spent */
export function toRecord(
  draft: Draft,
  { blind, shown }: SampleView,
  ms: number,
): RecordBody | undefined {
  if (draft.allBad) {
    return { kind: 'allBad' };
  }
  if (!isRanked(draft.places)) {
    return undefined;
  }
  return {
    kind: 'rank',
    ranks: toGroups(draft.places).map((group) => [...group]),
    unranked: [...unrankedOf(draft.places)],
    accepted: draft.accepted,
    blind,
    shown: [...shown],
    ms: Math.round(ms),
  };
}
