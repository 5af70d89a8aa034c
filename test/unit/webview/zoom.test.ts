// Zooming and moving a picture, and the model's tiles on it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageGeometry } from '../../../src/vision/imageGeometry';
import { fit, moved, tilesOf, zoomAt, type Zoom } from '../../../webview/media/zoom';

const length = fc.integer({ min: 1, max: 5000 });
const size = fc.record({ width: length, height: length });
const factor = fc.double({ min: 0.05, max: 20, noNaN: true });
const view = { width: 400, height: 300 };

test('the whole picture fits, and touches two edges', () => {
  expect(fit(view, { width: 800, height: 300 })).toEqual({ scale: 0.5, x: 0, y: 75 });
  expect(fit(view, { width: 30, height: 30 })).toEqual({ scale: 10, x: 50, y: 0 });
});

test('what is under the pointer stays there while the picture is larger than its view', () => {
  const picture = { width: 4000, height: 3000 };
  const zoom = zoomAt(fit(view, picture), 8, { x: 100, y: 200 }, view, picture);
  const at = (z: Zoom) => [(100 - z.x) / z.scale, (200 - z.y) / z.scale];
  const before = at(zoom);
  const after = at(zoomAt(zoom, 1.7, { x: 100, y: 200 }, view, picture));
  expect(after[0]).toBeCloseTo(before[0] ?? 0, 6);
  expect(after[1]).toBeCloseTo(before[1] ?? 0, 6);
});

test('whatever is done, the view is full, or the picture in its middle', () => {
  const move = fc.record({ x: fc.integer(), y: fc.integer() });
  const act = fc.oneof(
    fc.record({ factor, at: fc.record({ x: fc.nat(400), y: fc.nat(300) }) }),
    fc.record({ move }),
  );
  fc.assert(
    fc.property(size, fc.array(act, { maxLength: 12 }), (picture, acts) => {
      let zoom = fit(view, picture);
      for (const each of acts) {
        zoom =
          'move' in each
            ? moved(zoom, each.move, view, picture)
            : zoomAt(zoom, each.factor, each.at, view, picture);
        expect(zoom.scale).toBeLessThanOrEqual(Math.max(32, fit(view, picture).scale));
        for (const [at, room, long] of [
          [zoom.x, view.width, zoom.scale * picture.width],
          [zoom.y, view.height, zoom.scale * picture.height],
        ] as const) {
          if (long <= room) {
            expect(at).toBeCloseTo((room - long) / 2, 6);
          } else {
            expect(at).toBeLessThanOrEqual(0);
            expect(at + long).toBeGreaterThanOrEqual(room - 1e-6);
          }
        }
      }
    }),
    { seed: 6, numRuns: 300 },
  );
});

test('tiles are those that the model cuts: all of the picture, each 560 pixels after resizing', () => {
  fc.assert(
    fc.property(size, ({ width, height }) => {
      const geometry = imageGeometry(width, height, 24, 560);
      if (geometry === undefined) {
        return; // refused: too narrow
      }
      const { grid } = geometry;
      const padded = [560 * grid[1], 560 * grid[0]] as const;
      const tiles = tilesOf({ path: '', width, height, padded, grid, tokens: 0 });
      const [long, short] = width < height ? [height, width] : [width, height];
      expect(tiles).toHaveLength(grid[0] * grid[1]);
      // the longer side is filled exactly, the other one at least
      const right = Math.max(...tiles.map((tile) => tile.left + tile.width));
      const bottom = Math.max(...tiles.map((tile) => tile.top + tile.height));
      const [alongLong, alongShort] = width < height ? [bottom, right] : [right, bottom];
      expect(alongLong).toBeCloseTo(long, 6);
      expect(alongShort).toBeGreaterThan(short - 0.01 * long);
      const resized = geometry.resized[0] / long;
      expect((tiles[0]?.width ?? 0) * resized).toBeCloseTo(560, 6);
    }),
    { seed: 6, numRuns: 300 },
  );
});
