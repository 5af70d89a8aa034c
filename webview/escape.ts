// What Escape does, wherever focus is.

import { closeComparison } from './compare/compareActions';
import { showFacts, toggleMedia } from './mediaActions';
import type { ReviewStore } from './reviewStore';

/** Closes what lies over the page, one thing at a time, and goes back to the cards. */
export function escape(store: ReviewStore): void {
  const { layout } = store;
  if (layout.closeDrawer()) {
    store.focusCard(store.focused);
  } else if (layout.factsOpen) {
    showFacts(store, false);
  } else if (layout.mediaFilled) {
    toggleMedia(store);
  } else if (store.pair !== undefined) {
    closeComparison(store);
  } else {
    store.focusCard(store.focused);
  }
  store.changed();
}
