// Image files to RGB, as PIL's `Image.open(path).convert('RGB')` gives it.

import { openFileSource } from '../node/fileSource';
import { avifCodec } from './avifCodec';
import { bmpCodec } from './bmpCodec';
import { gifCodec } from './gifCodec';
import { icoCodec } from './icoCodec';
import { readHead, type ImageCodec, type ImageSource } from './imageCodec';
import { foreignKind, sniffImageKind, SNIFF_BYTES, type ImageKind } from './imageKind';
import { requirePixels, toMediaFault, unsupportedImage, type PixelSize } from './mediaFaults';
import type { RgbImage } from './rgbImage';
import { jpegCodec, pngCodec, sharpVersion, tiffCodec, webpCodec } from './sharpCodecs';

const CODECS: Readonly<Record<ImageKind, ImageCodec>> = {
  png: pngCodec,
  jpeg: jpegCodec,
  webp: webpCodec,
  gif: gifCodec,
  bmp: bmpCodec,
  ico: icoCodec,
  tiff: tiffCodec,
  avif: avifCodec,
};

/**
 * Decodes the first frame. The kind is told by the content, not by the name. Colour profiles are
 * not applied, alpha is dropped, not composited, and EXIF rotation counts in TIFF files only,
 * because PIL does it so.
 * @throws AppError `MEDIA_UNREADABLE` for broken files, `MEDIA_UNSUPPORTED` for kinds that are not
 *   read, `MEDIA_TOO_LARGE` for decompression bombs
 */
export function decodeImage(file: string): Promise<RgbImage> {
  return withCodec(file, async (codec, source) => {
    const size = requirePixels(file, await codec.readSize(source));
    const image = await codec.decode(source, size);
    if (image.width !== size.width || image.height !== size.height) {
      throw new Error(
        `the header says ${sizeText(size)} pixels, the picture has ${sizeText(image)}`,
      );
    }
    return image;
  });
}

/** Size in pixels without decoding the picture. Throws as {@link decodeImage} does. */
export function readImageSize(file: string): Promise<PixelSize> {
  return withCodec(file, async (codec, source) => {
    const { width, height } = requirePixels(file, await codec.readSize(source));
    return { width, height };
  });
}

/** Version of the decoder, for reports. */
export function imageLibraryVersion(): string {
  return sharpVersion();
}

async function withCodec<T>(
  file: string,
  use: (codec: ImageCodec, source: ImageSource) => Promise<T>,
): Promise<T> {
  try {
    const opened = await openFileSource(file);
    try {
      const head = await readHead(opened, SNIFF_BYTES);
      const kind = sniffImageKind(head);
      if (kind === undefined) {
        throw unsupportedImage(file, foreignKind(head));
      }
      return await use(CODECS[kind], { ...opened, path: file });
    } finally {
      await opened.close();
    }
  } catch (error) {
    throw toMediaFault(file, error);
  }
}

function sizeText({ width, height }: PixelSize): string {
  return `${width} × ${height}`;
}
