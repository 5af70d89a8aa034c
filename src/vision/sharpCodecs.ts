// PNG, JPEG, WebP and TIFF by libvips, set up so that the pixels are PIL's.

import sharp, { type Sharp } from 'sharp';
import { readHead, type ImageCodec, type ImageSource } from './imageCodec';
import { MAX_PIXELS } from './mediaFaults';
import type { RgbImage } from './rgbImage';
import { readTiffHeader } from './tiffHeader';

// libvips would keep pictures by file name: one that changed under its name would come back as it was
sharp.cache(false);

/** Version of libvips' binding, for reports. */
export function sharpVersion(): string {
  return sharp.versions.sharp;
}

/** Colour type of a PNG header without colours and without alpha. */
const PNG_GRAY = 0;
const PNG_HEADER_BYTES = 26;

export const pngCodec: ImageCodec = {
  readSize,
  async decode(source) {
    const head = await readHead(source, PNG_HEADER_BYTES);
    const [depth, colours] = head.subarray(24);
    return depth === 16 && colours === PNG_GRAY
      ? decodeDeepGray(await open(source), false)
      : decodeColours(await open(source));
  },
};

export const jpegCodec: ImageCodec = {
  readSize,
  async decode(source) {
    const { space } = await (await open(source)).metadata();
    return space === 'cmyk' ? decodeInks(await open(source), 8) : decodeColours(await open(source));
  },
};

export const webpCodec: ImageCodec = {
  readSize,
  decode: async (source) => decodeColours(await open(source)),
};

/** Orientation counts in TIFF files (PIL turns them when it loads them), and only there. */
export const tiffCodec: ImageCodec = {
  readSize: async (source) => (await readTiffHeader(source)).size,
  async decode(source) {
    const { layout } = await readTiffHeader(source);
    const picture = (await open(source)).autoOrient();
    switch (layout) {
      case 'colours':
        return decodeColours(picture);
      case 'premultiplied':
        return decodePremultiplied(picture);
      case 'inks':
        return decodeInks(picture, 8);
      case 'deepInks':
        return decodeInks(picture, 16);
      case 'deepGray':
        return decodeDeepGray(picture, false);
      case 'deepGrayInverted':
        return decodeDeepGray(picture, true);
    }
  },
};

async function readSize(source: ImageSource): Promise<{ width: number; height: number }> {
  const { width, height } = await (await open(source)).metadata();
  return { width, height };
}

/** Files are read by libvips itself; a picture inside a file is read here. */
async function open(source: ImageSource): Promise<Sharp> {
  const input = source.path ?? (await source.read(0, source.sizeBytes));
  return sharp(input, { failOn: 'error', ignoreIcc: true, limitInputPixels: MAX_PIXELS });
}

/** Alpha is dropped, not composited. */
async function decodeColours(picture: Sharp): Promise<RgbImage> {
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, data: channels === 1 ? grayToRgb(data) : new Uint8Array(data) };
}

/**
 * libvips divides by alpha in floating point, and of 255 sometimes leaves 254. Below full alpha a
 * whole quotient of 254 can't come up, so that this can be put right.
 */
async function decodePremultiplied(picture: Sharp): Promise<RgbImage> {
  const { data: rgba, info } = await picture
    .ensureAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const data = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    const full = rgba[from + 3] === 255;
    for (let band = 0; band < 3; band += 1) {
      const value = rgba[from + band] as number;
      data[to + band] = value === 254 && !full ? 255 : value;
    }
  }
  return { width, height, data };
}

function grayToRgb(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(3 * gray.length);
  for (let i = 0; i < gray.length; i += 1) {
    rgb.fill(gray[i] as number, 3 * i, 3 * i + 3);
  }
  return rgb;
}

/** PIL does not scale 16-bit gray: it cuts it off at 255, so that most pictures turn white. */
async function decodeDeepGray(picture: Sharp, inverted: boolean): Promise<RgbImage> {
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const values = new Uint16Array(data.buffer, data.byteOffset, width * height);
  const gray = Uint8Array.from(values, (value) => Math.min(inverted ? 65535 - value : value, 255));
  return { width, height, data: grayToRgb(gray) };
}

/**
 * CMYK as PIL converts it: each ink darkens what the black leaves. Of 16 bits the upper 8 count.
 */
async function decodeInks(picture: Sharp, bits: 8 | 16): Promise<RgbImage> {
  const { data: bytes, info } = await picture
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: bits === 8 ? 'uchar' : 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const inks =
    bits === 8
      ? bytes
      : Uint8Array.from(
          new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2),
          (value) => value >> 8,
        );
  const data = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < data.length; from += channels, to += 3) {
    const light = 255 - (inks[from + 3] as number);
    for (let ink = 0; ink < 3; ink += 1) {
      const product = (inks[from + ink] as number) * light + 128;
      data[to + ink] = Math.max(0, light - (((product >> 8) + product) >> 8));
    }
  }
  return { width, height, data };
}
