// The samples of a decoded frame, without padding.

import { chromaBytes, planeBytes } from '../../src/sample/planeSize';
import { VideoRefused } from './videoRefused';

export interface FramePlanes {
  readonly width: number;
  readonly height: number;
  /** Y, U, V: 8-bit 4:2:0 */
  readonly planes: Uint8Array<ArrayBuffer>;
}

/** @throws VideoRefused for anything but 8-bit 4:2:0 */
export async function readPlanes(frame: VideoFrame): Promise<FramePlanes> {
  const { format, visibleRect } = frame;
  if ((format !== 'I420' && format !== 'NV12') || visibleRect === null) {
    throw new VideoRefused(`its frames are ${format ?? 'of an unknown kind'}, not 8-bit 4:2:0`);
  }
  const { width, height } = visibleRect;
  const luma = width * height;
  const chroma = chromaBytes(width, height);
  const chromaWidth = Math.ceil(width / 2);
  const planes = new Uint8Array(planeBytes(width, height));
  const layout =
    format === 'I420'
      ? [
          { offset: 0, stride: width },
          { offset: luma, stride: chromaWidth },
          { offset: luma + chroma, stride: chromaWidth },
        ]
      : [
          { offset: 0, stride: width },
          { offset: luma, stride: 2 * chromaWidth },
        ];
  await frame.copyTo(planes, { rect: visibleRect, layout });
  if (format === 'NV12') {
    const pairs = planes.slice(luma);
    for (let n = 0; n < chroma; n += 1) {
      planes[luma + n] = pairs[2 * n] as number;
      planes[luma + chroma + n] = pairs[2 * n + 1] as number;
    }
  }
  return { width, height, planes };
}
