// Toolbars are one Tab stop: arrows move inside.

/** What can be reached in a toolbar now: neither disabled nor hidden. */
function stopsOf(bar: HTMLElement): HTMLElement[] {
  const buttons = bar.querySelectorAll<HTMLElement>(
    'button:not([disabled]), vscode-button:not([disabled])',
  );
  return [...buttons].filter((button) => button.checkVisibility());
}

function setStop(bar: HTMLElement, stop: HTMLElement): void {
  for (const button of bar.querySelectorAll<HTMLElement>('button, vscode-button')) {
    const tabIndex = button === stop ? 0 : -1;
    // even the same value again would have the page's styles worked out anew
    if (button.tabIndex !== tabIndex) {
      button.tabIndex = tabIndex;
    }
  }
}

/** Sees to it that Tab leads into a toolbar, whatever in it is disabled or hidden. */
export function keepTabStop(bar: HTMLElement): void {
  const stops = stopsOf(bar);
  const stop = stops.find((button) => button.tabIndex === 0) ?? stops[0];
  if (stop !== undefined) {
    setStop(bar, stop);
  }
}

/** A key handler for an element with role toolbar. */
export function onToolbarKey(event: KeyboardEvent): void {
  const bar = event.currentTarget as HTMLElement;
  const stops = stopsOf(bar);
  const active = document.activeElement;
  const at = stops.findIndex((stop) => stop === active || stop.contains(active));
  const target = targetOf(event.key, at, stops.length);
  const next = target === undefined ? undefined : stops[target];
  if (next === undefined) {
    return;
  }
  setStop(bar, next);
  next.focus();
  event.preventDefault();
  // arrows inside a toolbar do not also move between cards
  event.stopPropagation();
}

function targetOf(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return at < 0 ? count - 1 : (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
