// Resizes and pads a picture into the tiles the model looks at.

import { AppError } from '../base/errors';
import { bilinearResize } from './bilinearResize';
import { imageGeometry } from './imageGeometry';
import { padBottom, type RgbImage, transposeImage } from './rgbImage';

export interface PreparedImage {
  /** resized and padded; both sides are multiples of the tile size */
  readonly image: RgbImage;
  /** [rows, columns] of tiles */
  readonly grid: readonly [number, number];
}

/**
 * The published inference transform on a decoded picture.
 * @throws AppError `MEDIA_UNSUPPORTED` for pictures too thin to resize
 */
export function prepareImage(image: RgbImage, hdNum: number, tile: number): PreparedImage {
  const geometry = requireGeometry(image.width, image.height, hdNum, tile);
  const [width, height] = geometry.resized;
  const upright = geometry.transposed ? transposeImage(image) : image;
  const paddedHeight = Math.ceil(height / tile) * tile;
  const padded = padBottom(bilinearResize(upright, width, height), paddedHeight);
  return {
    image: geometry.transposed ? transposeImage(padded) : padded,
    grid: geometry.grid,
  };
}

/** {@link imageGeometry}, or an error that says what is wrong with the picture. */
export function requireGeometry(
  width: number,
  height: number,
  hdNum: number,
  tile: number,
): NonNullable<ReturnType<typeof imageGeometry>> {
  const geometry = imageGeometry(width, height, hdNum, tile);
  if (geometry === undefined) {
    throw new AppError(
      'MEDIA_UNSUPPORTED',
      `a picture of ${width} × ${height} pixels is too thin to be scaled`,
    );
  }
  return geometry;
}
