// What a person can do with two answers side by side.

import { withBetter, withTie } from '../../src/sample/pairStatement';
import { pairFor, withNext, type Origin, type Pair, type Side } from '../comparison';
import type { ReviewStore } from '../reviewStore';
import { letterOf, t } from '../words';

/** Compares an answer with the pinned one or the best; that one with the next. */
export function compare(store: ReviewStore, origin: Origin): void {
  const { sample } = store;
  if (sample === undefined) {
    return;
  }
  const pair = pairFor(sample.candidates.length, origin.card, store.baseOf(sample));
  if (pair === undefined) {
    store.say(t('There is only one answer.'));
    return;
  }
  store.layout.showAnswers(true);
  store.comparison.open(sample, pair, origin);
  store.focusCard(origin.card);
  sayPair(store, pair);
}

/** Back to all answers, with focus where it was. */
export function closeComparison(store: ReviewStore): void {
  const origin = store.comparison.close();
  store.layout.showAnswers(false);
  store.focusCard(origin?.card ?? store.focused);
  if (origin?.button !== undefined) {
    store.dispatchEvent(new CustomEvent('focus-compare-button', { detail: origin }));
  }
}

/** Puts the next answer in the place of the one with focus. */
export function swapAnswer(store: ReviewStore): void {
  const { pair, sample } = store;
  if (pair === undefined || sample === undefined) {
    return;
  }
  const side = store.focused === pair.left ? 'left' : 'right';
  const next = withNext(pair, side, sample.candidates.length);
  if (next === undefined) {
    store.say(t('There are only two answers.'));
  } else {
    store.showPair(sample, next, next[side]);
    sayPair(store, next);
  }
}

/** Puts an answer on one side; what stands on the other side already changes places with it. */
export function putOn(store: ReviewStore, side: Side, index: number): void {
  const { pair, sample } = store;
  if (pair === undefined || sample === undefined || pair[side] === index) {
    return;
  }
  const other = side === 'left' ? 'right' : 'left';
  const exchanged = pair[other] === index ? { [other]: pair[side] } : {};
  const next = { ...pair, [side]: index, ...exchanged };
  store.showPair(sample, next, index);
  sayPair(store, next);
}

function sayPair(store: ReviewStore, { left, right }: Pair): void {
  store.say(t('{0} and {1} side by side.', letterOf(left), letterOf(right)));
}

/** Says that the answer on one side is better. */
export function chooseBetter(store: ReviewStore, side: Side): void {
  const { pair, decisions } = store;
  if (pair !== undefined) {
    const worse = side === 'left' ? pair.right : pair.left;
    decisions.setPlaces(withBetter(decisions.draft.places, pair[side], worse));
  }
}

export function chooseTie(store: ReviewStore): void {
  const { pair, decisions } = store;
  if (pair !== undefined) {
    decisions.setPlaces(withTie(decisions.draft.places, pair.left, pair.right));
  }
}
