// Toolbars are one Tab stop: arrows move inside.

/** A key handler for an element with role toolbar. */
export function onToolbarKey(event: KeyboardEvent): void {
  const bar = event.currentTarget as HTMLElement;
  const stops = [...bar.querySelectorAll<HTMLElement>('button:not([disabled]), vscode-button')];
  const active = document.activeElement;
  const at = stops.findIndex((stop) => stop === active || stop.contains(active));
  const target = targetOf(event.key, at, stops.length);
  const next = target === undefined ? undefined : stops[target];
  if (next === undefined) {
    return;
  }
  for (const stop of stops) {
    stop.tabIndex = stop === next ? 0 : -1;
  }
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
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
