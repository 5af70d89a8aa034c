// How large decoded frames are.

/** All sampled frames together are not larger than this. */
export const MAX_PLANE_BYTES = 256 * 1024 * 1024;

/** Bytes of one frame as 8-bit 4:2:0: luma, then both chroma planes of half the sides, rounded up. */
export function planeBytes(width: number, height: number): number {
  return width * height + 2 * chromaBytes(width, height);
}

/** Bytes of one chroma plane. */
export function chromaBytes(width: number, height: number): number {
  return Math.ceil(width / 2) * Math.ceil(height / 2);
}
