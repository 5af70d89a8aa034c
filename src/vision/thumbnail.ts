// Small pictures for people; the model never sees them.

import sharp from 'sharp';
import type { RgbImage } from './rgbImage';

/** twice the width at which the strip of frames shows them */
const LONG_SIDE_PX = 192;
const QUALITY = 80;

/** @returns a JPEG file */
export async function encodeThumbnail({ width, height, data }: RgbImage): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(LONG_SIDE_PX, LONG_SIDE_PX, { fit: 'inside' })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}
