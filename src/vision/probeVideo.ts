// Counts the frames of a video and chooses those that the model sees.

import type { VideoFacts } from '../sample/reward';
import {
  guardedInput,
  MAX_FRAME_PIXELS,
  mediaError,
  runFfmpeg,
  type FfmpegTools,
} from './ffmpegTools';
import { sampleFrames } from '../sample/sampleFrames';

/** Ten hours at 50 frames a second. */
const MAX_FRAMES = 1_800_000;
/** A line of ffprobe's answer is far shorter. */
const MAX_LINE = 65_536;

const ENTRIES =
  'stream=width,height,avg_frame_rate:stream_tags=rotate:stream_side_data=rotation:' +
  'frame=best_effort_timestamp_time';

/**
 * Decodes the whole video once. Frames are counted as they are shown, in presentation order: what
 * an edit list hides does not count, and what the container's header claims is not believed.
 * @throws AppError `MEDIA_UNREADABLE`, `MEDIA_UNSUPPORTED`, `MEDIA_TOO_LARGE`, `FFMPEG_NOT_FOUND`
 *   or `CANCELLED`
 */
export async function probeVideo(
  tools: FfmpegTools,
  file: string,
  signal?: AbortSignal,
): Promise<VideoFacts> {
  const answer = new ProbeAnswer(file);
  await runFfmpeg({
    program: tools.ffprobe,
    // capital V: covers and thumbnails are not the video
    args: [
      ...['-threads', '0', '-select_streams', 'V:0', '-show_entries', ENTRIES],
      ...['-of', 'compact', ...guardedInput(file)],
    ],
    file,
    onOutput: (piece) => answer.take(piece),
    signal,
  });
  return answer.facts();
}

type Fields = ReadonlyMap<string, string>;

/** Reads `section|key=value|…` lines as they come. */
class ProbeAnswer {
  readonly #decoder = new TextDecoder();
  readonly #seconds: number[] = [];
  #rest = '';
  #stream: Fields | undefined;

  constructor(readonly file: string) {}

  take(piece: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(piece, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_LINE) {
      throw mediaError('MEDIA_UNREADABLE', this.file, 'ffprobe gave an endless line');
    }
    for (const line of lines) {
      this.#line(line.trimEnd());
    }
  }

  #line(line: string): void {
    if (line.startsWith('frame|')) {
      if (this.#seconds.length === MAX_FRAMES) {
        throw mediaError('MEDIA_TOO_LARGE', this.file, `more than ${MAX_FRAMES} frames`);
      }
      this.#seconds.push(Number(fieldsOf(line).get('best_effort_timestamp_time')));
    } else if (line.startsWith('stream|')) {
      this.#stream ??= fieldsOf(line);
    }
  }

  facts(): VideoFacts {
    const stream = this.#stream;
    const frameCount = this.#seconds.length;
    if (stream === undefined || frameCount === 0) {
      throw mediaError('MEDIA_UNREADABLE', this.file, 'it holds no video frames');
    }
    const [width, height] = shownSize(stream);
    if (!(width > 0 && height > 0)) {
      throw mediaError('MEDIA_UNREADABLE', this.file, 'its frames have no size');
    }
    if (width * height > MAX_FRAME_PIXELS) {
      throw mediaError('MEDIA_TOO_LARGE', this.file, `frames of ${width} × ${height} pixels`);
    }
    const framesPerSecond = toRate(stream.get('avg_frame_rate') ?? '');
    if (framesPerSecond === undefined) {
      throw mediaError('MEDIA_UNREADABLE', this.file, 'it does not tell its frame rate');
    }
    const indices = sampleFrames(frameCount, framesPerSecond);
    if (indices === undefined) {
      const reason = `${framesPerSecond} frames a second; the model needs at least one in two seconds`;
      throw mediaError('MEDIA_UNSUPPORTED', this.file, reason);
    }
    const start = this.#seconds[0] ?? 0;
    const secondsOf = (index: number): number => {
      const seconds = (this.#seconds[index] ?? NaN) - start;
      // files without times show their frames at the average rate
      return Number.isFinite(seconds) ? Math.max(0, seconds) : index / framesPerSecond;
    };
    return {
      width,
      height,
      frameCount,
      framesPerSecond,
      indices,
      seconds: indices.map((index) => Number(secondsOf(index).toFixed(6))),
    };
  }
}

function fieldsOf(line: string): Fields {
  const pairs = line.split('|').map((field): [string, string] => {
    const at = field.indexOf('=');
    return [field.slice(0, at), field.slice(at + 1)];
  });
  return new Map(pairs);
}

/** ffmpeg turns frames as the file asks; quarter turns swap the sides. */
function shownSize(stream: Fields): readonly [number, number] {
  const width = Number(stream.get('width'));
  const height = Number(stream.get('height'));
  const turn = Number(stream.get('rotation') ?? stream.get('tag:rotate') ?? 0);
  return Math.abs(Math.round(turn / 90)) % 2 === 1 ? [height, width] : [width, height];
}

/** "30000/1001" to frames a second; `undefined` for "0/0". */
function toRate(text: string): number | undefined {
  const [numerator, denominator] = text.split('/').map(Number);
  const rate = (numerator ?? NaN) / (denominator ?? NaN);
  return Number.isFinite(rate) && rate > 0 ? rate : undefined;
}
