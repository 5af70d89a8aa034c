// Splits a stream of binary PPM pictures (netpbm, "P6") into frames.

import { mediaError } from './ffmpegTools';
import type { RgbImage } from './rgbImage';

/** "P6", width, height and 255, each ended by white space. */
const MAX_HEADER_BYTES = 64;
const HEADER = /^P6\s(\d{1,9})\s(\d{1,9})\s255\s/;

/** Feed it pieces of any length; it calls back with each whole frame. */
export class PpmStream {
  #header = '';
  #frame: Uint8Array | undefined;
  #filled = 0;

  /** @param width, height what every frame must measure */
  constructor(
    readonly width: number,
    readonly height: number,
    readonly file: string,
    readonly onFrame: (frame: RgbImage) => void,
  ) {}

  /** @throws AppError `MEDIA_UNREADABLE` for frames of another size */
  take(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#frame === undefined) {
        this.#takeHeaderByte(piece[at] as number);
        at += 1;
        continue;
      }
      const part = piece.subarray(at, at + this.#frame.length - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#frame.length) {
        const frame = { width: this.width, height: this.height, data: this.#frame };
        this.#frame = undefined;
        this.onFrame(frame);
      }
    }
  }

  #takeHeaderByte(byte: number): void {
    this.#header += String.fromCharCode(byte);
    const found = HEADER.exec(this.#header);
    if (found === null) {
      if (this.#header.length > MAX_HEADER_BYTES) {
        throw mediaError('MEDIA_UNREADABLE', this.file, 'ffmpeg gave something that is no frame');
      }
      return;
    }
    const [width, height] = [Number(found[1]), Number(found[2])];
    if (width !== this.width || height !== this.height) {
      const reason = `a frame of ${width} × ${height} where ${this.width} × ${this.height} was told`;
      throw mediaError('MEDIA_UNREADABLE', this.file, reason);
    }
    this.#header = '';
    this.#filled = 0;
    this.#frame = new Uint8Array(3 * width * height);
  }
}
