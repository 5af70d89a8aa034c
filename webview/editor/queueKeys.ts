// Keys that go far in the queue: to its ends, and by what is visible.

/** @param page rows that are visible together, less one that stays in sight */
export function placeAfterKey(
  key: string,
  place: number,
  { count, page }: { readonly count: number; readonly page: number },
): number | undefined {
  const step = Math.max(1, page);
  const wanted = {
    Home: 0,
    End: count - 1,
    PageUp: place - step,
    PageDown: place + step,
  }[key];
  return wanted === undefined || count === 0 ? undefined : Math.min(Math.max(wanted, 0), count - 1);
}
