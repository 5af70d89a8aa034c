// Which frames of a video the model sees.

/** At most this many frames go on a sheet. */
export const MAX_SAMPLED_FRAMES = 32;

/**
 * The published choice (reference: InternLM-XComposer ixc_utils.py, load_video): about one frame a
 * second; of more than 32 every n/33th, so that the tail is never reached.
 * @param frameCount frames of the video
 * @param framesPerSecond average rate
 * @returns positions in presentation order, rising; `undefined` below half a frame a second, where
 *   the published code fails
 */
export function sampleFrames(frameCount: number, framesPerSecond: number): number[] | undefined {
  const stride = roundHalfEven(framesPerSecond);
  if (!(stride >= 1)) {
    return undefined;
  }
  const positions = Math.ceil(frameCount / stride);
  if (positions <= MAX_SAMPLED_FRAMES) {
    return Array.from({ length: positions }, (_, n) => n * stride);
  }
  const step = positions / (MAX_SAMPLED_FRAMES + 1);
  return Array.from({ length: MAX_SAMPLED_FRAMES }, (_, n) => Math.trunc(n * step) * stride);
}

/** Python's `round`: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}
