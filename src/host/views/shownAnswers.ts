// What a page is told of answers, their rewards and ranks: in the order in which they are shown, and
// nothing that is hidden. And the way back, from what the page names to the file's indices.

import { AppError } from '../../base/errors';
import type { Draft, RecordBody } from '../../protocol/reviewProtocol';
import type {
  AnswerDraft,
  CandidateScore,
  CandidateView,
  ScoreView,
} from '../../protocol/sampleParts';
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
import type { RevisedSample } from '../../sample/revision';
import type { EntryBody, Verdict } from '../../sample/verdict';
import type { KeptDraft } from '../drafts';
import type { Presentation } from '../presentations';

export function shownCandidates(
  { sample, origins }: RevisedSample,
  { order, blind }: Presentation,
): readonly CandidateView[] {
  const views = sample.candidates.map(({ text, source }, n): CandidateView => {
    const { added = false, original } = origins[n] ?? {};
    return {
      text,
      ...(blind || source === undefined ? {} : { source }),
      ...(added ? { added } : {}),
      ...(original === undefined ? {} : { original }),
    };
  });
  return toShown(order, views);
}

/** @param score by the file's indices */
export function shownScore(score: ScoreView, { order, blind }: Presentation): ScoreView {
  const candidates = toShown(order, score.candidates);
  const before = toShown(order, score.before);
  return blind
    ? {
        ...score,
        candidates: candidates.map(hiddenScore),
        before: before.map(() => null),
        medianRange: 0,
      }
    : { ...score, candidates, before };
}

/** Of a text that is being written. */
export function shownTextScore(score: CandidateScore, { blind }: Presentation): CandidateScore {
  return blind ? hiddenScore(score) : score;
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
  const edited = verdict.editedSince?.map((candidate) => positionOf(own, candidate));
  return {
    ...verdict,
    decision: { ...decision, ranks, unranked },
    ...(edited === undefined ? {} : { editedSince: edited }),
  };
}

/** Answers may have been added since: they have no rank; ranks of those taken back are left out. */
export function shownDraft(draft: KeptDraft, order: ShownOrder): Draft {
  const { allBad, accepted } = draft;
  const places = order.map((candidate) => draft.places[candidate] ?? 0);
  return { places, allBad, accepted };
}

/** Those of answers that are there. @param drafts by the file's indices */
export function shownAnswerDrafts(
  drafts: readonly AnswerDraft[],
  order: ShownOrder,
): readonly AnswerDraft[] {
  return drafts
    .filter(({ candidate = 0 }) => candidate < order.length)
    .map(({ candidate, text }) =>
      candidate === undefined ? { text } : { candidate: positionOf(order, candidate), text },
    );
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

/** An answer as a page names it: by its position, and the order that the page knows. */
interface NamedAnswer {
  readonly candidate: number;
  readonly shown: readonly number[];
}

/**
 * The file's index of an answer that a page names. Others may have been added since, after it.
 * @param candidates how many there are
 * @throws AppError `INTERNAL` when there is no such answer
 */
export function namedCandidate({ candidate, shown }: NamedAnswer, candidates: number): number {
  const isThere = candidate < shown.length && shown.length <= candidates;
  if (!isThere || !isOrder(shown, shown.length)) {
    throw new AppError('INTERNAL', 'an answer that the sample does not have');
  }
  return candidateAt(shown, candidate);
}

/**
 * A body for the journal from one of the page: each answer may be named once, and must exist.
 * @param candidates how many there are, with those that were added
 * @param person who adds an answer is its source
 * @throws AppError `INTERNAL` when it does not fit
 */
export function journalBody(body: RecordBody, candidates: number, person: string): EntryBody {
  switch (body.kind) {
    case 'rank':
      return rankBody(body, candidates);
    case 'edit': {
      const { kind, text } = body;
      return { kind, candidate: namedCandidate(body, candidates), text };
    }
    case 'add':
      return { ...body, source: person };
    case 'allBad':
    case 'skip':
    case 'flag':
    case 'note':
      return body;
  }
}

function rankBody(body: Extract<RecordBody, { kind: 'rank' }>, candidates: number): EntryBody {
  const { ranks, unranked, shown } = body;
  const named = [...ranks.flat(), ...unranked];
  if (
    shown.length > candidates ||
    !isOrder(shown, shown.length) ||
    new Set(named).size !== named.length ||
    named.some((position) => position >= shown.length)
  ) {
    throw new AppError('INTERNAL', 'a ranking that does not fit the sample');
  }
  return {
    ...body,
    ranks: groupsToFile(shown, ranks),
    unranked: unranked.map((position) => candidateAt(shown, position)).sort((a, b) => a - b),
  };
}
