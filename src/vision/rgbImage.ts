// A decoded picture.

/** 8-bit RGB, row by row, no padding between rows. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** length width · height · 3 */
  readonly data: Uint8Array;
}

/** Swaps x and y (PIL's TRANSPOSE): a mirror at the main diagonal, not a rotation. */
export function transposeImage(image: RgbImage): RgbImage {
  const { width, height, data } = image;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = 3 * (y * width + x);
      const to = 3 * (x * height + y);
      out[to] = data[from] ?? 0;
      out[to + 1] = data[from + 1] ?? 0;
      out[to + 2] = data[from + 2] ?? 0;
    }
  }
  return { width: height, height: width, data: out };
}

const WHITE = 255;

/** Adds white rows at the bottom until the image is `height` high. */
export function padBottom(image: RgbImage, height: number): RgbImage {
  if (height === image.height) {
    return image;
  }
  const data = new Uint8Array(3 * image.width * height).fill(WHITE);
  data.set(image.data);
  return { width: image.width, height, data };
}

/** Adds white columns on the right until the image is `width` wide. */
export function padRight(image: RgbImage, width: number): RgbImage {
  if (width === image.width) {
    return image;
  }
  const data = new Uint8Array(3 * width * image.height).fill(WHITE);
  const rowBytes = 3 * image.width;
  for (let y = 0; y < image.height; y += 1) {
    data.set(image.data.subarray(y * rowBytes, (y + 1) * rowBytes), 3 * y * width);
  }
  return { width, height: image.height, data };
}
