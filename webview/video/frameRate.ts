// The average frame rate as ffmpeg tells it, where that can be known for certain.

/** How far a frame may lie beside its place; Matroska rounds to milliseconds. */
const MAX_OFF_SECONDS = 0.0015;
/** The published choice rounds the rate: next to a half, the smallest error would decide. */
const MIN_FROM_HALF = 0.02;

/**
 * MP4 tells each frame's duration, and the average is exact; elsewhere only a constant rate is.
 * @param times rising, in seconds
 * @returns frames a second; `undefined` when it is not certain
 */
export function frameRate(
  packets: readonly { readonly duration: number }[],
  times: readonly number[],
  hasDurations: boolean,
): number | undefined {
  const [start = 0] = times;
  const span = (times.at(-1) ?? 0) - start;
  const durations = packets.reduce((sum, { duration }) => sum + duration, 0);
  const rate = hasDurations ? packets.length / durations : (times.length - 1) / span;
  const isConstant = times.every((time, n) => Math.abs(time - start - n / rate) <= MAX_OFF_SECONDS);
  const fromHalf = Math.abs(rate - Math.floor(rate) - 0.5);
  return Number.isFinite(rate) && fromHalf >= MIN_FROM_HALF && (hasDurations || isConstant)
    ? rate
    : undefined;
}
