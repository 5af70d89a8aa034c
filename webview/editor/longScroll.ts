// Lists that are taller than a browser lets an element be: the scroll bar moves over a shorter space.

import { observeElementOffset, type Virtualizer } from '@tanstack/lit-virtual';

type List = Virtualizer<HTMLElement, HTMLElement>;

/** Chromium cuts elements off at 2^25 pixels. */
const MAX_HEIGHT = 16_000_000;

/** Height of the space that is scrolled over. */
export function scrolledHeight(height: number): number {
  return Math.min(height, MAX_HEIGHT);
}

/** Pixels of the list per pixel of the scroll bar's way. 1 for lists that fit. */
function stretchOf(list: List): number {
  const height = list.getTotalSize();
  const view = list.scrollRect?.height ?? 0;
  return height <= MAX_HEIGHT ? 1 : (height - view) / (MAX_HEIGHT - view);
}

/** Where something that stands at `start` in the list is drawn in the scrolled space. */
export function drawnAt(list: List, start: number): number {
  const offset = list.scrollOffset ?? 0;
  return start - offset + offset / stretchOf(list);
}

/** Scrolls as little as shows all of an item. The virtualiser's own way ends where an element may. */
export function showItem(list: List, start: number, size: number): void {
  const offset = list.scrollOffset ?? 0;
  const view = list.scrollRect?.height ?? 0;
  const target = Math.min(start, Math.max(offset, start + size - view));
  if (target !== offset && view > 0) {
    list.scrollElement?.scrollTo({ top: target / stretchOf(list) });
  }
}

/** For a virtualiser: scroll positions are those of the list. */
export const LONG_SCROLL: Pick<List['options'], 'observeElementOffset'> = {
  observeElementOffset: (list, tell) =>
    observeElementOffset(list, (offset, isScrolling) =>
      tell(offset * stretchOf(list), isScrolling),
    ),
};
