// What a page is told of answers, and what comes back from it.

import { expect, test } from 'vitest';
import {
  journalBody,
  keptDraft,
  shownCandidates,
  shownDraft,
  shownScore,
  shownVerdict,
} from '../../../src/host/views/shownAnswers';
import type { RecordBody, ScoreView } from '../../../src/protocol/reviewProtocol';
import { verdictOf } from '../webview/page';

const order = [2, 0, 1];
const score: ScoreView = {
  candidates: [
    { state: 'scored', reward: 1.25, textTokens: 5 },
    { state: 'error', error: { code: 'INTERNAL', message: 'm' }, text: 'No.' },
    { state: 'scored', reward: 3.5, textTokens: 7 },
  ],
  prefixTokens: 9,
  media: [],
  medianRange: 2.25,
};

test('answers and rewards stand in the order in which they are shown', () => {
  const candidates = [{ text: 'a', source: 'x' }, { text: 'b' }, { text: 'c', source: 'z' }];
  expect(shownCandidates(candidates, { order, blind: false })).toEqual([
    { text: 'c', source: 'z' },
    { text: 'a', source: 'x' },
    { text: 'b' },
  ]);
  expect(shownScore(score, { order, blind: false }).candidates).toMatchObject([
    { reward: 3.5 },
    { reward: 1.25 },
    { state: 'error' },
  ]);
});

test('blind: no source, no reward, no scale, and not what went wrong', () => {
  expect(shownCandidates([{ text: 'a', source: 'x' }], { order: [0], blind: true })).toEqual([
    { text: 'a' },
  ]);
  expect(shownScore(score, { order, blind: true })).toEqual({
    candidates: [
      { state: 'hidden', scored: true, textTokens: 7 },
      { state: 'hidden', scored: true, textTokens: 5 },
      { state: 'hidden', scored: false, textTokens: 0 },
    ],
    prefixTokens: 9,
    media: [],
    medianRange: 0,
  });
});

test('ranks of the page are ranks of the file in the journal, and come back as they were', () => {
  const body: RecordBody = {
    kind: 'rank',
    ranks: [[1], [0, 2]],
    unranked: [],
    accepted: false,
    blind: true,
    shown: order,
    ms: 1,
  };
  expect(journalBody(body, 3)).toMatchObject({ ranks: [[0], [1, 2]], shown: order });
  const verdict = verdictOf([[0], [1, 2]]);
  expect(shownVerdict(verdict, order).decision).toMatchObject({ ranks: [[1], [0, 2]] });
  for (const wrong of [
    { ...body, shown: [0, 1] },
    { ...body, shown: [0, 1, 1] },
    { ...body, ranks: [[1], [1]] },
    { ...body, ranks: [[3]] },
    { ...body, unranked: [0] },
  ]) {
    expect(() => journalBody(wrong, 3)).toThrow('does not fit');
  }
});

test('a stale decision keeps the letters that its answers had', () => {
  const { decision } = verdictOf([[3], [0]]);
  const then = { ...decision, shown: [3, 1, 2, 0] } as typeof decision;
  const stale = { flagged: false, note: '', stale: true, ...(then && { decision: then }) };
  expect(shownVerdict(stale, [1, 0]).decision).toMatchObject({ ranks: [[0], [3]] });
});

test('a draft is kept by the file’s indices, and shown in whatever order', () => {
  const draft = { places: [1, 0, 2], allBad: false, accepted: false };
  const kept = keptDraft(draft, order, true);
  expect(kept).toEqual({ ...draft, places: [0, 2, 1], shown: order, blind: true });
  expect(kept && shownDraft(kept, order)).toEqual(draft);
  expect(kept && shownDraft(kept, [0, 1, 2])).toEqual({ ...draft, places: [0, 2, 1] });
  expect(kept && shownDraft(kept, [0, 1])).toBeUndefined();
  expect(keptDraft(draft, [0, 1, 1], true)).toBeUndefined();
});
