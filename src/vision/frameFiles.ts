// A video that comes as picture files, one a frame.

import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import type { VideoFacts } from '../sample/reward';
import { sampleFrames } from '../sample/sampleFrames';
import { decodeImage, readImageSize } from './decodeImage';
import type { PixelSize } from './mediaFaults';
import type { RgbImage } from './rgbImage';

/** Whoever made the list has chosen frames already: each counts as one second. */
const FRAMES_PER_SECOND = 1;

/**
 * Chooses frames as of a video with one frame a second: all of up to 32, of more every n/33th.
 * @throws AppError as reading a picture does
 */
export async function describeFrames(files: readonly string[]): Promise<VideoFacts> {
  const indices = sampleFrames(files.length, FRAMES_PER_SECOND) ?? [];
  const [first = 0] = indices;
  const { width, height } = await readImageSize(files[first] ?? '');
  return {
    ...{ width, height, indices, seconds: indices },
    frameCount: files.length,
    framesPerSecond: FRAMES_PER_SECOND,
    isList: true,
  };
}

/**
 * Decodes the chosen frames, one after the other.
 * @throws AppError with a MEDIA_ code, naming the frame; `MEDIA_UNSUPPORTED` for one of another size
 */
export async function readFrameFiles(
  files: readonly string[],
  { indices, width, height }: VideoFacts,
  onFrame: (frame: RgbImage) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const index of indices) {
    throwIfAborted(signal);
    const file = files[index] ?? '';
    const frame = await decodeImage(file);
    requireSize(file, frame, { width, height });
    onFrame(frame);
  }
}

function requireSize(file: string, frame: PixelSize, first: PixelSize): void {
  if (frame.width !== first.width || frame.height !== first.height) {
    const message =
      `${file}: a frame of ${frame.width} × ${frame.height} pixels, ` +
      `the first has ${first.width} × ${first.height}`;
    throw new AppError('MEDIA_UNSUPPORTED', message, { media: file });
  }
}
