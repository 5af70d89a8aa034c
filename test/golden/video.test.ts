// The published code's choice of frames and its sheets, where they are at hand.

import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../src/vision/decodeImage';
import { loadFrameLabels } from '../../src/vision/frameLabels';
import { prepareSheet, sheetGeometry } from '../../src/vision/prepareSheet';
import { sampleFrames } from '../../src/sample/sampleFrames';
import { composeSheet, scaleFrame } from '../../src/vision/videoSheet';
import { goldenFile as file, hasGolden } from '../support/golden';
import { readJson } from '../support/paths';
import { LABELS } from '../support/videos';

describe.runIf(hasGolden)('golden videos', () => {
  test('every row of the sampling table', () => {
    const rows = readJson(file('video/sampling.json')) as {
      n_frames: number;
      fps: number;
      indices: number[];
    }[];
    expect(rows.length).toBeGreaterThan(100);
    for (const { n_frames, fps, indices } of rows) {
      expect(sampleFrames(n_frames, fps), `${n_frames} frames at ${fps}`).toEqual(indices);
    }
  });

  test('every row of the geometry table', () => {
    const { rows } = readJson(file('video_geometry.json')) as {
      rows: [number, number, [number, number], [number, number]][];
    };
    expect(rows.length).toBeGreaterThan(100);
    for (const [width, height, resized, padded] of rows) {
      const geometry = sheetGeometry(width, height, 560);
      expect(geometry.resized, `${width} × ${height}`).toEqual(resized);
      expect(geometry.padded, `${width} × ${height}`).toEqual(padded);
    }
  });

  test('every sheet, before and after the transform, with and without labels', async () => {
    const sheets = readJson(file('video/sheets.json')) as { name: string; frames: string[] }[];
    expect(sheets).toHaveLength(3);
    const atlas = await loadFrameLabels(LABELS);
    for (const { name, frames } of sheets) {
      const scaled = [];
      for (const frame of frames) {
        scaled.push(scaleFrame(await decodeImage(file(frame))));
      }
      for (const [kind, labels] of [['dejavu', atlas] as const, ['nolabel', undefined] as const]) {
        const sheet = composeSheet(scaled, labels);
        const expected = await decodeImage(file('video', `${name}_sheet_${kind}.png`));
        expect(differences(sheet.data, expected.data), `${name} sheet, ${kind}`).toBe(0);
        const final = await decodeImage(file('video', `${name}_final_${kind}.png`));
        const { image } = prepareSheet(sheet, 560);
        expect([image.width, image.height]).toEqual([final.width, final.height]);
        expect(differences(image.data, final.data), `${name} final, ${kind}`).toBe(0);
      }
    }
  });
});

/** Bytes that differ; a length that differs counts as all of them. */
function differences(a: Uint8Array, b: Uint8Array): number {
  return a.length !== b.length
    ? Math.max(a.length, b.length)
    : a.reduce((sum, value, n) => sum + (value === b[n] ? 0 : 1), 0);
}
