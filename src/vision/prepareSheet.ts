// Resizes and pads the sheet of a video into the tiles the model looks at.

import { bilinearResize } from './bilinearResize';
import type { ImageGeometry } from './imageGeometry';
import type { PreparedImage } from './prepareImage';
import { padRight, transposeImage, type RgbImage } from './rgbImage';

/**
 * The published transform of sheets (reference: InternLM-XComposer ixc_utils.py, Video_transform):
 * the short side becomes one tile, and the long side is padded at its end. There is no tile limit.
 */
export function sheetGeometry(width: number, height: number, tile: number): ImageGeometry {
  const transposed = width < height;
  const ratio = transposed ? height / width : width / height;
  const resizedWidth = Math.trunc(tile * ratio);
  const columns = Math.ceil(resizedWidth / tile);
  return {
    transposed,
    resized: [resizedWidth, tile],
    padded: transposed ? [tile, columns * tile] : [columns * tile, tile],
    grid: transposed ? [columns, 1] : [1, columns],
  };
}

/** {@link sheetGeometry} applied. */
export function prepareSheet(sheet: RgbImage, tile: number): PreparedImage {
  const { transposed, resized, grid } = sheetGeometry(sheet.width, sheet.height, tile);
  const lying = transposed ? transposeImage(sheet) : sheet;
  const scaled = bilinearResize(lying, resized[0], resized[1]);
  const padded = padRight(scaled, tile * Math.max(...grid));
  return { image: transposed ? transposeImage(padded) : padded, grid };
}
