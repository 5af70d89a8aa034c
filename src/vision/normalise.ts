// Bytes to the normalised floats that CLIP was trained on.

import type { RgbImage } from './rgbImage';

// openai/CLIP preprocessing constants, as in the published code
const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const STD = [0.26862954, 0.26130258, 0.27577711] as const;

/**
 * Normalised value of every byte, per channel. Every step is rounded to float32, in the order in
 * which torchvision does it: byte / 255, minus mean, divided by standard deviation.
 */
export const NORMALISED: readonly Float32Array[] = MEAN.map((mean, channel) =>
  Float32Array.from({ length: 256 }, (_, byte) =>
    Math.fround(
      Math.fround(Math.fround(byte / 255) - Math.fround(mean)) / Math.fround(STD[channel] ?? 1),
    ),
  ),
);

/**
 * One tile as the vision graph takes it.
 * @param row, column position in the grid of tiles
 * @returns [3, tile, tile] float32
 */
export function tilePixels(
  image: RgbImage,
  row: number,
  column: number,
  tile: number,
): Float32Array {
  const area = tile * tile;
  const out = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel += 1) {
    const table = NORMALISED[channel] as Float32Array;
    let to = channel * area;
    for (let y = 0; y < tile; y += 1) {
      let from = 3 * ((row * tile + y) * image.width + column * tile) + channel;
      for (let x = 0; x < tile; x += 1) {
        out[to] = table[image.data[from] as number] as number;
        to += 1;
        from += 3;
      }
    }
  }
  return out;
}
