// The labels of video sheets, "<IMAGE 0>" and on, as masks that were drawn beforehand.

import sharp from 'sharp';
import { AppError, errorText } from '../base/errors';
import type { RgbImage } from './rgbImage';
import { MAX_SAMPLED_FRAMES } from '../sample/sampleFrames';

/** Masks of equal size, one below the other; 255 is full ink. */
export interface FrameLabels {
  readonly width: number;
  /** of one mask */
  readonly height: number;
  readonly masks: Uint8Array;
}

/**
 * Reads the picture that training/labels/make_atlas.py draws.
 * @throws AppError `INTERNAL` when the installation is damaged
 */
export async function loadFrameLabels(file: string): Promise<FrameLabels> {
  try {
    const { data, info } = await sharp(file)
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1 || info.height % MAX_SAMPLED_FRAMES !== 0) {
      throw new Error('not a picture of frame labels');
    }
    return { width: info.width, height: info.height / MAX_SAMPLED_FRAMES, masks: data };
  } catch (error) {
    throw new AppError('INTERNAL', `${file}: ${errorText(error)}`, {}, { cause: error });
  }
}

/**
 * Draws a label in black, its top left corner at (`left`, `top`); what lies outside is cut off.
 * @param n number of the frame, from 0
 */
export function drawLabel(
  image: RgbImage,
  labels: FrameLabels,
  n: number,
  left: number,
  top: number,
): void {
  const width = Math.min(labels.width, image.width - left);
  const height = Math.min(labels.height, image.height - top);
  for (let y = 0; y < height; y += 1) {
    let from = (n * labels.height + y) * labels.width;
    let to = 3 * ((top + y) * image.width + left);
    for (let x = 0; x < width; x += 1) {
      const paper = 255 - (labels.masks[from] as number);
      for (let channel = 0; channel < 3; channel += 1) {
        image.data[to] = divideBy255((image.data[to] as number) * paper);
        to += 1;
      }
      from += 1;
    }
  }
}

/** python-pillow/Pillow: src/libImaging/ImagingUtils.h, DIV255 */
function divideBy255(value: number): number {
  const rounded = value + 128;
  return ((rounded >> 8) + rounded) >> 8;
}
