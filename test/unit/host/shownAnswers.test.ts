// What a page is told of answers, and what comes back from it.

import { expect, test } from 'vitest';
import {
  journalBody,
  keptDraft,
  shownAnswerDrafts,
  shownCandidates,
  shownDraft,
  shownScore,
  shownVerdict,
} from '../../../src/host/views/shownAnswers';
import type { RecordBody } from '../../../src/protocol/reviewProtocol';
import type { ScoreView } from '../../../src/protocol/sampleParts';
import { reviseSample, type AnswerChange } from '../../../src/sample/revision';
import type { Candidate } from '../../../src/sample/sample';
import { sampleOf } from '../../support/samples';
import { verdictOf } from '../webview/page';

const order = [2, 0, 1];
const score: ScoreView = {
  candidates: [
    { state: 'scored', reward: 1.25, textTokens: 5 },
    { state: 'error', error: { code: 'INTERNAL', message: 'm' }, text: 'No.' },
    { state: 'scored', reward: 3.5, textTokens: 7 },
  ],
  before: [null, 0.5, null],
  prefixTokens: 9,
  media: [],
  medianRange: 2.25,
};

const revised = (candidates: Candidate[], ...changes: AnswerChange[]) =>
  reviseSample(sampleOf({ candidates }), changes);

test('answers and rewards stand in the order in which they are shown', () => {
  const candidates = [{ text: 'a', source: 'x' }, { text: 'b' }, { text: 'c', source: 'z' }];
  expect(shownCandidates(revised(candidates), { order, blind: false })).toEqual([
    { text: 'c', source: 'z' },
    { text: 'a', source: 'x' },
    { text: 'b' },
  ]);
  const shown = shownScore(score, { order, blind: false });
  expect(shown.candidates).toMatchObject([{ reward: 3.5 }, { reward: 1.25 }, { state: 'error' }]);
  expect(shown.before).toEqual([null, null, 0.5]);
});

test('edited answers stand where the file’s stood, added ones after them', () => {
  const changes: AnswerChange[] = [
    { kind: 'edit', candidate: 2, text: 'C' },
    { kind: 'add', text: 'd', source: 'mira' },
  ];
  const all = revised([{ text: 'a' }, { text: 'b' }, { text: 'c', source: 'z' }], ...changes);
  const shown = [2, 0, 1, 3];
  expect(shownCandidates(all, { order: shown, blind: false })).toEqual([
    { text: 'C', source: 'z', original: 'c' },
    { text: 'a' },
    { text: 'b' },
    { text: 'd', source: 'mira', added: true },
  ]);
  // what the person wrote is known to them, blind or not
  expect(shownCandidates(all, { order: shown, blind: true })).toEqual([
    { text: 'C', original: 'c' },
    { text: 'a' },
    { text: 'b' },
    { text: 'd', added: true },
  ]);
});

test('blind: no source, no reward, no scale, and not what went wrong', () => {
  const one = revised([{ text: 'a', source: 'x' }]);
  expect(shownCandidates(one, { order: [0], blind: true })).toEqual([{ text: 'a' }]);
  expect(shownScore(score, { order, blind: true })).toEqual({
    candidates: [
      { state: 'hidden', scored: true, textTokens: 7 },
      { state: 'hidden', scored: true, textTokens: 5 },
      { state: 'hidden', scored: false, textTokens: 0 },
    ],
    before: [null, null, null],
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
  expect(journalBody(body, 3, 'mira')).toMatchObject({ ranks: [[0], [1, 2]], shown: order });
  const verdict = verdictOf([[0], [1, 2]]);
  expect(shownVerdict(verdict, order).decision).toMatchObject({ ranks: [[1], [0, 2]] });
  for (const wrong of [
    { ...body, shown: [0, 1] },
    { ...body, shown: [0, 1, 1] },
    { ...body, shown: [0, 1, 2, 3] },
    { ...body, ranks: [[1], [1]] },
    { ...body, ranks: [[3]] },
    { ...body, unranked: [0] },
  ]) {
    expect(() => journalBody(wrong, 3, 'mira')).toThrow('does not fit');
  }
});

test('a ranking counts that was sent while an answer was being added', () => {
  const ranks = [[1], [0, 2]];
  const rest = { unranked: [], accepted: false, blind: false, ms: 1 };
  const body: RecordBody = { kind: 'rank', ranks, shown: order, ...rest };
  expect(journalBody(body, 4, 'mira')).toMatchObject({ ranks: [[0], [1, 2]], shown: order });
});

test('an edit names an answer by its position, and an answer that is written comes from its person', () => {
  const edit = { kind: 'edit', candidate: 0, shown: order, text: 'C' } as const;
  const journal = (body: RecordBody) => journalBody(body, 4, 'mira');
  expect(journal({ ...edit, shown: [...order] })).toEqual({
    kind: 'edit',
    candidate: 2,
    text: 'C',
  });
  expect(journal({ ...edit, candidate: 3, shown: [...order, 3] })).toMatchObject({ candidate: 3 });
  expect(journal({ kind: 'add', text: 'd' })).toEqual({ kind: 'add', text: 'd', source: 'mira' });
  for (const wrong of [
    { ...edit, candidate: 3, shown: [...order] },
    { ...edit, shown: [2, 2, 0] },
    { ...edit, candidate: 4, shown: [0, 1, 2, 3, 4] },
  ]) {
    expect(() => journal(wrong)).toThrow('does not have');
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
  // an answer was taken back since
  expect(kept && shownDraft(kept, [1, 0])).toEqual({ ...draft, places: [2, 0] });
  expect(keptDraft(draft, [0, 1, 1], true)).toBeUndefined();
  // an answer was added since
  expect(kept && shownDraft(kept, [...order, 3])).toEqual({ ...draft, places: [1, 0, 2, 0] });
});

test('answers that are being written stand with theirs; one that is gone does not', () => {
  const drafts = [{ candidate: 2, text: 'C' }, { text: 'new' }, { candidate: 3, text: 'x' }];
  expect(shownAnswerDrafts(drafts, order)).toEqual([{ candidate: 0, text: 'C' }, { text: 'new' }]);
});
