// Image files to RGB, as PIL's `Image.open(path).convert('RGB')` gives it.

import sharp, { type Sharp } from 'sharp';
import { AppError, errorText } from '../base/errors';
import type { RgbImage } from './rgbImage';

/** PIL raises DecompressionBombError above this many pixels. */
const MAX_PIXELS = 178_956_970;

/**
 * Decodes the first frame. EXIF rotation and colour profiles are not applied and alpha is dropped,
 * not composited, because the published code does none of that either.
 * @throws AppError `MEDIA_UNREADABLE` for broken files, `MEDIA_UNSUPPORTED` for unknown kinds,
 *   `MEDIA_TOO_LARGE` for decompression bombs
 */
export async function decodeImage(file: string): Promise<RgbImage> {
  try {
    const { data, info } = await openImage(file)
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return {
      width: info.width,
      height: info.height,
      data: info.channels === 1 ? grayToRgb(data) : new Uint8Array(data),
    };
  } catch (error) {
    throw toMediaError(file, error);
  }
}

/** Size in pixels without decoding the picture. Throws as {@link decodeImage} does. */
export async function readImageSize(file: string): Promise<{ width: number; height: number }> {
  try {
    const { width, height } = await openImage(file).metadata();
    return { width, height };
  } catch (error) {
    throw toMediaError(file, error);
  }
}

/** Version of the decoder, for reports. */
export function imageLibraryVersion(): string {
  return sharp.versions.sharp;
}

function openImage(file: string): Sharp {
  return sharp(file, { failOn: 'error', ignoreIcc: true, limitInputPixels: MAX_PIXELS });
}

function grayToRgb(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(3 * gray.length);
  for (let i = 0; i < gray.length; i += 1) {
    rgb.fill(gray[i] ?? 0, 3 * i, 3 * i + 3);
  }
  return rgb;
}

function toMediaError(file: string, error: unknown): AppError {
  const text = errorText(error);
  const data = { media: file };
  if (/pixel limit/i.test(text)) {
    return new AppError('MEDIA_TOO_LARGE', `${file}: more than ${MAX_PIXELS} pixels`, data);
  }
  if (/unsupported image format/i.test(text)) {
    return new AppError('MEDIA_UNSUPPORTED', `${file}: not an image of a known kind`, data);
  }
  const reason = text.split('\n')[0] ?? text;
  return new AppError('MEDIA_UNREADABLE', `${file}: ${reason}`, data, { cause: error });
}
