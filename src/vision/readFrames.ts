// Decodes chosen frames of a video, one after the other.

import { guardedInput, mediaError, runFfmpeg, type FfmpegTools } from './ffmpegTools';
import { PpmStream } from './ppmStream';
import type { RgbImage } from './rgbImage';

export interface FrameRequest {
  /** positions in presentation order, rising */
  readonly indices: readonly number[];
  /** size of every frame, turned as the file asks */
  readonly width: number;
  readonly height: number;
}

/**
 * Gives each frame to `onFrame` as ffmpeg makes it: turned as the file asks, in the colours of the
 * stream's matrix and range. Only one raw frame is held at a time.
 * @throws AppError as `runFfmpeg`, and `MEDIA_UNREADABLE` when a frame is missing
 */
export async function readFrames(
  tools: FfmpegTools,
  file: string,
  { indices, width, height }: FrameRequest,
  onFrame: (frame: RgbImage) => void,
  signal?: AbortSignal,
): Promise<void> {
  let count = 0;
  const stream = new PpmStream(width, height, file, (frame) => {
    count += 1;
    onFrame(frame);
  });
  const chosen = indices.map((index) => `eq(n\\,${index})`).join('+');
  await runFfmpeg({
    program: tools.ffmpeg,
    args: [
      '-nostdin',
      ...guardedInput(file),
      ...['-map', '0:V:0', '-vf', `select=${chosen}`, ...tools.everyFrame],
      ...['-frames:v', String(indices.length), '-pix_fmt', 'rgb24'],
      // raw RGB with its size in front of each frame
      ...['-c:v', 'ppm', '-f', 'image2pipe', 'pipe:1'],
    ],
    file,
    onOutput: (piece) => stream.take(piece),
    signal,
  });
  if (count !== indices.length) {
    const reason = `only ${count} of ${indices.length} frames could be decoded`;
    throw mediaError('MEDIA_UNREADABLE', file, reason);
  }
}
