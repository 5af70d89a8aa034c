// Where a picture stands in its view while it is zoomed and moved. Lengths in CSS pixels.

import type { MediaFacts } from '../../src/sample/reward';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A picture's top left corner in its view, and the size of a picture's pixel. */
export interface Zoom extends Point {
  readonly scale: number;
}

/** A pixel of the picture is at most this large. */
const MAX_SCALE = 32;

/** The whole picture, as large as the view allows. */
export function fit(view: Size, picture: Size): Zoom {
  const scale = Math.min(view.width / picture.width, view.height / picture.height);
  return within({ scale, x: 0, y: 0 }, view, picture);
}

/** Makes the picture larger or smaller; what is at a point of the view stays there. */
export function zoomAt(zoom: Zoom, factor: number, at: Point, view: Size, picture: Size): Zoom {
  const least = Math.min(fit(view, picture).scale, 1);
  const scale = Math.min(MAX_SCALE, Math.max(least, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return within(
    { scale, x: at.x - (at.x - zoom.x) * ratio, y: at.y - (at.y - zoom.y) * ratio },
    view,
    picture,
  );
}

export function moved(zoom: Zoom, by: Point, view: Size, picture: Size): Zoom {
  return within({ ...zoom, x: zoom.x + by.x, y: zoom.y + by.y }, view, picture);
}

/** A picture larger than its view fills it, a smaller one is in its middle. */
function within({ scale, x, y }: Zoom, view: Size, picture: Size): Zoom {
  const place = (at: number, room: number, length: number): number =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, at));
  return {
    scale,
    x: place(x, view.width, scale * picture.width),
    y: place(y, view.height, scale * picture.height),
  };
}

/** A tile of the model in pixels of the picture; edges may lie outside, where the model sees padding. */
export interface Tile extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * The tiles that the model cuts, in reading order. The picture fills their longer side; below
 * it, or to its right, they may reach into white padding.
 */
export function tilesOf({ width, height, padded, grid }: MediaFacts): readonly Tile[] {
  const [rows, columns] = grid;
  const [paddedWidth, paddedHeight] = padded;
  const scale = width < height ? paddedHeight / height : paddedWidth / width;
  const size = paddedWidth / columns / scale;
  return Array.from({ length: rows * columns }, (_, n) => ({
    left: (n % columns) * size,
    top: Math.floor(n / columns) * size,
    width: size,
    height: size,
  }));
}
