// What a browser's decoder gives of a video, for an engine that has no ffmpeg.

import * as z from 'zod';
import { MAX_SAMPLED_FRAMES } from './sampleFrames';

const count = z.int().nonnegative();
const side = z.int().min(1).max(16_384);

/** All of a decoded video but the samples of its frames. */
export const decodedVideoSchema = z.object({
  /** of the file: 64 lower-case hexadecimal digits */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** size of a frame in pixels before it is turned */
  width: side,
  height: side,
  /** clockwise, in degrees, as the file asks */
  rotation: z.literal([0, 90, 180, 270]),
  /** as the file tells it; bt601 when it does not, as ffmpeg takes it */
  matrix: z.enum(['bt601', 'bt709']),
  fullRange: z.boolean(),
  frameCount: count,
  framesPerSecond: z.number().positive(),
  /** positions of the sampled frames in presentation order */
  indices: z.array(count).min(1).max(MAX_SAMPLED_FRAMES),
  /** their times after the first frame */
  seconds: z.array(z.number().nonnegative()).max(MAX_SAMPLED_FRAMES),
});
export type DecodedVideo = z.infer<typeof decodedVideoSchema>;
