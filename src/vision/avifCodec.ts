// AVIF by Skia's binding, which reads it with PIL's library; libvips rounds colours differently.

import { avifSize, plainAvif } from './avifBoxes';
import { readPart, readUntil, type ImageCodec } from './imageCodec';

/** Rows that are read back at once, so that a large picture is not in memory four times. */
const BAND_ROWS = 1024;

export const avifCodec: ImageCodec = {
  readSize: (source) => readUntil(source, (head) => avifSize(source.name, head)),

  async decode(source, { width, height }) {
    const plain = plainAvif(source.name, await readPart(source, 0));
    // 35 MB of native code: loaded with the first such file
    const { createCanvas, loadImage } = await import('@napi-rs/canvas');
    const picture = await loadImage(plain);
    if (picture.width !== width || picture.height !== height) {
      const found = `${picture.width} × ${picture.height}`;
      throw new Error(`the header says ${width} × ${height} pixels, the picture has ${found}`);
    }
    const data = new Uint8Array(3 * width * height);
    const rows = Math.min(BAND_ROWS, height);
    const context = createCanvas(width, rows).getContext('2d');
    for (let top = 0; top < height; top += rows) {
      context.clearRect(0, 0, width, rows);
      context.drawImage(picture, 0, -top);
      const band = context.getImageData(0, 0, width, Math.min(rows, height - top)).data;
      for (let from = 0, to = 3 * width * top; from < band.length; from += 4, to += 3) {
        data[to] = band[from] as number;
        data[to + 1] = band[from + 1] as number;
        data[to + 2] = band[from + 2] as number;
      }
    }
    return { width, height, data };
  },
};
