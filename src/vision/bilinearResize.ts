// PIL's antialiased bilinear resize for 8-bit images, byte for byte.

import { openKernel } from './resizeKernel/kernel';
import { triangleWeights } from './resizeKernel/pairWeights';
import { resizeStrip } from './resizeKernel/resizeStrip';
import { layOut } from './resizeKernel/stripLayout';
import type { RgbImage } from './rgbImage';

/**
 * Resizes with the triangle filter, horizontally first; both passes round to 8 bits, and one that
 * would change nothing is left out (python-pillow/Pillow: src/libImaging/Resample.c,
 * ImagingResampleInner). Newer Pillow (12.3: Image.py) goes vertically first where a picture more
 * than 100 times as high as wide becomes lower; here the order is always the one above.
 */
export function bilinearResize(image: RgbImage, width: number, height: number): RgbImage {
  if (width === image.width && height === image.height) {
    return image;
  }
  const resize = {
    source: image,
    target: { width, height, data: new Uint8Array(3 * width * height) },
    across: width === image.width ? undefined : triangleWeights(image.width, width),
    down: height === image.height ? undefined : triangleWeights(image.height, height),
  };
  const layout = layOut(resize);
  const kernel = openKernel(layout.total);
  for (let left = 0; left < width; left += layout.columns) {
    resizeStrip(resize, layout, kernel, left);
  }
  return resize.target;
}
