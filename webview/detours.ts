// Focus that goes to the media or the facts, and back to where it was.

import type { Origin } from './comparison';
import type { ReviewStore } from './reviewStore';

/** Moves focus when the store says so. */
export function followDetours(store: ReviewStore): void {
  let origin: HTMLElement | null = null;

  const go = (selector: string): void => {
    if (document.activeElement?.closest('.media') == null) {
      origin = document.activeElement as HTMLElement | null;
    }
    // after the components have drawn what changed
    requestAnimationFrame(() => {
      const target = document.querySelector<HTMLElement>(selector);
      target?.focus();
      target?.scrollIntoView({ block: 'nearest' });
    });
  };

  store.addEventListener('focus-media', () => go('rl-zoom, .media video, .media .tabs button'));
  store.addEventListener('focus-facts', () => go('.factsec'));
  store.addEventListener('focus-back', () => {
    requestAnimationFrame(() => {
      const isThere = origin?.isConnected === true && origin !== document.body;
      if (isThere && origin !== null) {
        origin.focus();
      } else {
        store.focusCard(store.focused);
      }
      origin = null;
    });
  });
  store.addEventListener('focus-compare-button', (event) => {
    const { card, button } = (event as CustomEvent<Origin>).detail;
    const place = button === 'toolbar' ? '.ctools' : `[data-card="${card}"]`;
    // the card comes first: it may have to be scrolled to
    requestAnimationFrame(() => {
      requestAnimationFrame(() =>
        document.querySelector<HTMLElement>(`${place} [data-action="compare"]`)?.focus(),
      );
    });
  });
}
