// The picture or video over the page, and the facts of the sample: there and back.

import type { ReviewStore } from './reviewStore';
import { sampleFacts } from './sampleFacts';
import { t } from './words';

/** Fills the page with the picture or the video; again back. */
export function toggleMedia(store: ReviewStore): void {
  const { layout, sample } = store;
  if (sample === undefined || sample.media.length === 0) {
    store.say(t('This sample has no picture.'));
    return;
  }
  layout.mediaFilled = !layout.mediaFilled;
  layout.factsOpen = false;
  if (!layout.mediaFilled) {
    store.dispatchEvent(new CustomEvent('focus-back'));
  } else if (store.answersCovered) {
    store.dispatchEvent(new CustomEvent('focus-media'));
  }
  store.changed();
}

/** Goes to the facts of the sample, or back from there. */
export function showFacts(store: ReviewStore, on: boolean): void {
  const { layout, sample } = store;
  if (sample === undefined || (on && sampleFacts(sample).length === 0)) {
    store.say(t('Nothing is known of this sample yet.'));
    return;
  }
  layout.factsOpen = on;
  if (store.pair === undefined) {
    layout.mediaFilled = false; // it covers them
  }
  store.dispatchEvent(new CustomEvent(on ? 'focus-facts' : 'focus-back'));
  store.changed();
}
