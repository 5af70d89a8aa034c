// What a page is told of answers, their rewards and ranks: in the order in which they are shown, and
// nothing that is hidden. And the way back, from what the page names to the file's indices.

import { AppError } from '../../base/errors';
import type {
  CandidateScore,
  CandidateView,
  Draft,
  RecordBody,
  ScoreView,
} from '../../protocol/reviewProtocol';
import {
  candidateAt,
  groupsToFile,
  groupsToShown,
  isOrder,
  positionOf,
  recordedOrder,
  toFile,
  toShown,
  type ShownOrder,
} from '../../review/shownOrder';
import type { Candidate } from '../../sample/sample';
import type { EntryBody, Verdict } from '../../sample/verdict';
import type { KeptDraft } from '../drafts';
import type { Presentation } from '../presentations';

export function shownCandidates(
  candidates: readonly Candidate[],
  { order, blind }: Presentation,
): readonly CandidateView[] {
  return toShown(order, candidates).map(({ text, source }) => ({
    text,
    ...(blind || source === undefined ? {} : { source }),
  }));
}

/** @param score by the file's indices */
export function shownScore(score: ScoreView, { order, blind }: Presentation): ScoreView {
  const candidates = toShown(order, score.candidates);
  return blind
    ? { ...score, candidates: candidates.map(hiddenScore), medianRange: 0 }
    : { ...score, candidates };
}

function hiddenScore(score: CandidateScore): CandidateScore {
  const scored = score.state === 'scored';
  return { state: 'hidden', scored, textTokens: scored ? score.textTokens : 0 };
}

/** A stale decision is told by the letters that its answers had. */
export function shownVerdict(verdict: Verdict, order: ShownOrder): Verdict {
  const { decision, stale } = verdict;
  if (decision?.kind !== 'rank') {
    return verdict;
  }
  const own = stale ? recordedOrder(decision.shown, decision.shown.length) : order;
  const ranks = groupsToShown(own, decision.ranks);
  const unranked = decision.unranked.map((candidate) => positionOf(own, candidate));
  return { ...verdict, decision: { ...decision, ranks, unranked } };
}

/** @returns `undefined` when it does not fit: a page is not trusted */
export function shownDraft(draft: KeptDraft, order: ShownOrder): Draft | undefined {
  const { places, allBad, accepted } = draft;
  return places.length === order.length
    ? { places: [...toShown(order, places)], allBad, accepted }
    : undefined;
}

/** @param shown the order that the page knows @returns `undefined` when it is none */
export function keptDraft(
  { places, allBad, accepted }: Draft,
  shown: readonly number[],
  blind: boolean,
): KeptDraft | undefined {
  return isOrder(shown, places.length)
    ? { places: toFile(shown, places), allBad, accepted, shown, blind }
    : undefined;
}

/**
 * A body for the journal from one of the page: each answer may be named once, and must exist.
 * @throws AppError `INTERNAL` when it does not fit
 */
export function journalBody(body: RecordBody, candidates: number): EntryBody {
  if (body.kind !== 'rank') {
    return body;
  }
  const { ranks, unranked, shown } = body;
  const named = [...ranks.flat(), ...unranked];
  if (
    !isOrder(shown, candidates) ||
    new Set(named).size !== named.length ||
    named.some((position) => position >= candidates)
  ) {
    throw new AppError('INTERNAL', 'a ranking that does not fit the sample');
  }
  return {
    ...body,
    ranks: groupsToFile(shown, ranks),
    unranked: unranked.map((position) => candidateAt(shown, position)).sort((a, b) => a - b),
  };
}
