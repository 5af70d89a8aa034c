// Reads videos with the ffmpeg of the test machine (test/harness/setup.mjs sees to it).

import path from 'node:path';
import { VideoReader } from '../../src/vision/videoReader';
import { ROOT } from './paths';

export const LABELS = path.join(ROOT, 'media/frame-labels/labels.png');

export function videoReader(): VideoReader {
  return new VideoReader({ ffmpeg: '', labels: LABELS });
}
