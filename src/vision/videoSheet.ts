// The sheet on which the model sees a video: its sampled frames with their numbers.

import { AppError } from '../base/errors';
import { bilinearResize } from './bilinearResize';
import { drawLabel, type FrameLabels } from './frameLabels';
import type { RgbImage } from './rgbImage';

// reference: InternLM-XComposer ixc_utils.py, frame2img
const LONG_SIDE = 1120;
/** room for the label above each frame */
const LABEL_BAND = 40;
/** between frames; holds the line */
const GAP = 10;
const LINE_OFFSET = 5;
const LINE_WIDTH = 2;
const WHITE = 255;

type Size = readonly [width: number, height: number];

/**
 * Size of a frame on the sheet: 1120 pixels along its long side.
 * @throws AppError `MEDIA_UNSUPPORTED` when nothing would be left of the short side
 */
export function frameSize(width: number, height: number): Size {
  const size: Size =
    width > height
      ? [LONG_SIDE, Math.trunc(LONG_SIDE / (width / height))]
      : [Math.trunc(LONG_SIDE * (width / height)), LONG_SIDE];
  if (size[0] === 0 || size[1] === 0) {
    throw new AppError(
      'MEDIA_UNSUPPORTED',
      `a video of ${width} × ${height} pixels is too thin to be scaled`,
    );
  }
  return size;
}

/** Scales a frame for the sheet. Throws as {@link frameSize} does. */
export function scaleFrame(frame: RgbImage): RgbImage {
  const [width, height] = frameSize(frame.width, frame.height);
  return bilinearResize(frame, width, height);
}

/** Size of the sheet of `count` frames that are [width, height] on it. */
export function sheetSize(count: number, [width, height]: Size): Size {
  return width > height
    ? [width, count * (LABEL_BAND + height + GAP)]
    : [count * (width + GAP), LABEL_BAND + height];
}

/**
 * Wide frames one below the other, others side by side, on white, with a black line between.
 * @param frames of equal size, as {@link scaleFrame} gives them
 * @param labels `undefined` leaves the room for them white
 */
export function composeSheet(
  frames: readonly RgbImage[],
  labels: FrameLabels | undefined,
): RgbImage {
  const { width, height } = frames[0] ?? { width: 0, height: 0 };
  const [sheetWidth, sheetHeight] = sheetSize(frames.length, [width, height]);
  const sheet: RgbImage = {
    width: sheetWidth,
    height: sheetHeight,
    data: new Uint8Array(3 * sheetWidth * sheetHeight).fill(WHITE),
  };
  const down = width > height;
  for (const [n, frame] of frames.entries()) {
    const left = down ? 0 : n * (width + GAP);
    const top = down ? n * (LABEL_BAND + height + GAP) : 0;
    if (labels !== undefined) {
      drawLabel(sheet, labels, n, left, top);
    }
    paste(sheet, frame, left, top + LABEL_BAND);
    if (n < frames.length - 1) {
      const end = down ? top + LABEL_BAND + height : left + width;
      drawLine(sheet, end + LINE_OFFSET, down);
    }
  }
  return sheet;
}

function paste(sheet: RgbImage, frame: RgbImage, left: number, top: number): void {
  const rowBytes = 3 * frame.width;
  for (let y = 0; y < frame.height; y += 1) {
    const row = frame.data.subarray(y * rowBytes, (y + 1) * rowBytes);
    sheet.data.set(row, 3 * ((top + y) * sheet.width + left));
  }
}

/** A black line over the whole sheet: rows `at` and `at + 1`, or columns. */
function drawLine({ data, width, height }: RgbImage, at: number, across: boolean): void {
  if (across) {
    data.fill(0, 3 * at * width, 3 * (at + LINE_WIDTH) * width);
    return;
  }
  for (let y = 0; y < height; y += 1) {
    data.fill(0, 3 * (y * width + at), 3 * (y * width + at + LINE_WIDTH));
  }
}
