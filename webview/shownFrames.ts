// Sampled frames of the shown sample's videos, as far as the host has sent them.

import type { SampleView } from '../src/protocol/reviewProtocol';
import type { FramesView } from '../src/protocol/sampleParts';
import { post } from './vscodeApi';

/** By position among the sample's media. */
export class ShownFrames extends Map<number, FramesView> {
  /** @param another the sample is another one than before */
  askFor({ key, media }: SampleView, another: boolean): void {
    if (another) {
      this.clear();
    }
    for (const [n, { kind, uri }] of media.entries()) {
      // what failed is tried again: ffmpeg may be there now
      if (kind === 'video' && uri !== undefined && this.get(n)?.state !== 'shown') {
        post({ type: 'frames', key, media: n });
      }
    }
  }
}
