// 8-bit 4:2:0 pictures, as browsers decode them, to the RGB that ffmpeg makes of them.

import type { RgbImage } from './rgbImage';

/** Planes without padding: luma width · height, chroma half of each side, rounded up. */
export interface YuvPlanes {
  readonly width: number;
  readonly height: number;
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** Clockwise, in degrees, as a file asks to be turned. */
export type Rotation = 0 | 90 | 180 | 270;

export type YuvMatrix = 'bt601' | 'bt709';

// ITU-T H.273: 2^16 · 255/224 times the weights of Cr in R, Cb in B, Cb in G, Cr in G
const WEIGHTS = {
  bt601: [104_597, 132_201, 25_675, 53_279],
  bt709: [117_489, 138_438, 13_975, 34_925],
} as const;

const ONE = 65_536;
/** Weights are held in 16 bits with 13 after the point. */
const POINT = 8192;
/** Samples are held with 3 bits after the point, and 128 of chroma is zero. */
const CHROMA_ZERO = 128 << 3;

/**
 * The arithmetic of ffmpeg's (libswscale's) vector code on x86 for a conversion without scaling:
 * 16-bit products of which the upper half is kept, one chroma sample for 2 × 2 pixels. Heights must
 * be even: for odd ones libswscale interpolates chroma.
 * @param fullRange luma from 0 to 255, not from 16 to 235
 */
export function yuvToRgb(planes: YuvPlanes, matrix: YuvMatrix, fullRange: boolean): RgbImage {
  const { width, height, y, u, v } = planes;
  const chroma = (weight: number): number =>
    Math.round((fullRange ? Math.trunc((weight * 224) / 255) : weight) / (ONE / POINT));
  const [crR, cbB, cbG, crG] = WEIGHTS[matrix];
  const [vToR, uToB, uToG, vToG] = [chroma(crR), chroma(cbB), -chroma(cbG), -chroma(crG)];
  const luma = Math.round((fullRange ? ONE : Math.trunc((ONE * 255) / 219)) / (ONE / POINT));
  const black = fullRange ? 0 : 16 << 3;
  const chromaWidth = (width + 1) >> 1;
  const data = new Uint8ClampedArray(3 * width * height);
  for (let row = 0, to = 0; row < height; row += 1) {
    const chromaRow = (row >> 1) * chromaWidth;
    for (let column = 0; column < width; column += 1, to += 3) {
      const at = chromaRow + (column >> 1);
      const cb = ((u[at] as number) << 3) - CHROMA_ZERO;
      const cr = ((v[at] as number) << 3) - CHROMA_ZERO;
      const grey = ((((y[row * width + column] as number) << 3) - black) * luma) >> 16;
      data[to] = grey + ((cr * vToR) >> 16);
      data[to + 1] = grey + ((cb * uToG) >> 16) + ((cr * vToG) >> 16);
      data[to + 2] = grey + ((cb * uToB) >> 16);
    }
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

/** Turns a picture before it is converted, as ffmpeg does. */
export function rotatePlanes(planes: YuvPlanes, rotation: Rotation): YuvPlanes {
  if (rotation === 0) {
    return planes;
  }
  const { width, height } = planes;
  const turn = (plane: Uint8Array, w: number, h: number) => rotatePlane(plane, w, h, rotation);
  const [chromaWidth, chromaHeight] = [(width + 1) >> 1, (height + 1) >> 1];
  const swaps = rotation !== 180;
  return {
    width: swaps ? height : width,
    height: swaps ? width : height,
    y: turn(planes.y, width, height),
    u: turn(planes.u, chromaWidth, chromaHeight),
    v: turn(planes.v, chromaWidth, chromaHeight),
  };
}

function rotatePlane(plane: Uint8Array, width: number, height: number, rotation: Rotation) {
  const out = new Uint8Array(plane.length);
  for (let y = 0, from = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, from += 1) {
      const to =
        rotation === 180
          ? plane.length - 1 - from
          : rotation === 90
            ? x * height + height - 1 - y
            : (width - 1 - x) * height + y;
      out[to] = plane[from] as number;
    }
  }
  return out;
}
