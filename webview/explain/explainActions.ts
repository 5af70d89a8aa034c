// What a person can do with the reward after each sentence.

import type { Asked, Found } from '../explanations';
import type { ReviewStore } from '../reviewStore';
import { letterOf, t } from '../words';
import { sentenceWords } from './sentenceWords';

/** Shows the reward after each sentence of the answer with focus, or of both that are compared. */
export function toggleSentences(store: ReviewStore): void {
  const { sample, explanations, pair, focused } = store;
  if (sample === undefined) {
    return;
  }
  const indices = pair === undefined ? [focused] : [pair.left, pair.right];
  const all = indices.map((index): Asked => ({ sample, index, check: 'sentences' }));
  const askable = all.filter((asked) => explanations.canAsk(asked));
  if (askable.length === 0) {
    store.say(
      sample.blind ? t('Rewards appear after you save.') : t('This answer has no reward yet.'),
    );
    return;
  }
  const isShown = askable.every((asked) => explanations.isOpen(asked));
  for (const asked of askable) {
    const { state } = explanations.of(asked);
    if (isShown) {
      explanations.setOpen(asked, false);
      if (state === 'running' || state === 'cost') {
        explanations.cancel(asked);
      }
    } else if (state === 'none' || state === 'error') {
      explanations.ask(asked);
    } else {
      explanations.setOpen(asked, true);
    }
  }
  if (isShown) {
    store.say(t('Sentences off.'));
  }
  store.changed();
}

/** The curve that is shown below an answer. */
export function shownCurve(store: ReviewStore, index: number): Found<'sentences'> | undefined {
  const { sample, explanations } = store;
  if (sample === undefined) {
    return undefined;
  }
  const asked = { sample, index, check: 'sentences' as const };
  return explanations.isOpen(asked) ? explanations.found(asked) : undefined;
}

/** Outlines a sentence and its step; without one takes the outline away. */
export function lookAt(
  store: ReviewStore,
  place: { readonly index: number; readonly sentence: number } | undefined,
): void {
  const { sample, explanations } = store;
  const { looked } = explanations;
  if (looked?.index !== place?.index || looked?.sentence !== place?.sentence) {
    explanations.looked = sample && place && { key: sample.key, ...place };
    store.changed();
  }
}

/** Goes to the next or the previous sentence of the answer with focus, and says it. */
export function stepSentence(store: ReviewStore, by: 1 | -1): void {
  const { focused, sample, explanations } = store;
  const curve = shownCurve(store, focused);
  if (curve === undefined) {
    store.say(t('X shows the reward after each sentence.'));
    return;
  }
  const { looked } = explanations;
  const last = curve.steps.length - 1;
  const from =
    looked?.key === sample?.key && looked?.index === focused
      ? looked.sentence
      : by > 0
        ? -1
        : last + 1;
  const sentence = Math.max(0, Math.min(last, from + by));
  lookAt(store, { index: focused, sentence });
  store.say(t('Answer {0}. {1}.', letterOf(focused), sentenceWords(curve, sentence)));
}
