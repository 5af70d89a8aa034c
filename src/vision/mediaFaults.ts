// The ways in which an image file can be refused.

import { AppError, errorText } from '../base/errors';

/** PIL raises DecompressionBombError above this many pixels. */
export const MAX_PIXELS = 178_956_970;

/** Width and height in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** Refuses a picture by its header, before memory is taken for it. @throws AppError `MEDIA_` */
export function requirePixels<S extends PixelSize>(file: string, size: S): S {
  const { width, height } = size;
  if (!(width > 0 && height > 0)) {
    throw brokenImage(file, `the picture is ${width} × ${height} pixels`);
  }
  if (width * height > MAX_PIXELS) {
    throw new AppError(
      'MEDIA_TOO_LARGE',
      `${file}: ${width} × ${height} pixels, at most ${MAX_PIXELS} are read`,
      { media: file },
    );
  }
  return size;
}

export function brokenImage(file: string, reason: string, cause?: unknown): AppError {
  return new AppError('MEDIA_UNREADABLE', `${file}: ${reason}`, { media: file }, { cause });
}

export function unsupportedImage(file: string, reason: string): AppError {
  return new AppError('MEDIA_UNSUPPORTED', `${file}: ${reason}`, { media: file });
}

/** Turns what a decoder or a read threw into one of the errors above. */
export function toMediaFault(file: string, error: unknown): AppError {
  if (error instanceof AppError && error.code.startsWith('MEDIA_')) {
    return error;
  }
  const text = errorText(error);
  if (/pixel limit/i.test(text)) {
    return new AppError('MEDIA_TOO_LARGE', `${file}: more than ${MAX_PIXELS} pixels`, {
      media: file,
    });
  }
  const reason = text.replace(`${file}: `, '').split('\n')[0] ?? text;
  return brokenImage(file, reason, error);
}
