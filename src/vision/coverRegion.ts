// Takes a part of a picture away.

import type { Region } from '../sample/explanation';
import type { RgbImage } from './rgbImage';

/**
 * Fills a region with the mean colour of the whole picture: the rest keeps its brightness, and what
 * is put there stands out least, so that it is not taken for a new thing. (A middle grey would be a
 * dark square on a pale picture.)
 */
export function coverRegion(image: RgbImage, { left, top, right, bottom }: Region): RgbImage {
  const { width, height } = image;
  const mean = meanColour(image);
  const data = image.data.slice();
  const [from, to] = [Math.round(left * width), Math.round(right * width)];
  for (let y = Math.round(top * height); y < Math.round(bottom * height); y += 1) {
    for (let x = from; x < to; x += 1) {
      data.set(mean, 3 * (y * width + x));
    }
  }
  return { width, height, data };
}

function meanColour({ data }: RgbImage): readonly [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let n = 0; n < data.length; n += 3) {
    sums[0] += data[n] as number;
    sums[1] += data[n + 1] as number;
    sums[2] += data[n + 2] as number;
  }
  const pixels = Math.max(1, data.length / 3);
  return [Math.round(sums[0] / pixels), Math.round(sums[1] / pixels), Math.round(sums[2] / pixels)];
}
