// Sampled frames that VS Code's browser decoded, in files: a line of JSON, then the planes.

import { AppError } from '../base/errors';
import { writeWholeFile } from '../node/atomicFile';
import { fileSizeBytes, joinPath } from '../node/folder';
import { sha256OfFile } from '../node/hash';
import { readSmallFile } from '../node/smallFile';
import { decodedVideoSchema, type DecodedVideo } from '../sample/decodedVideo';
import { chromaBytes, MAX_PLANE_BYTES, planeBytes } from '../sample/planeSize';
import type { VideoFacts } from '../sample/reward';
import { sampleFrames } from '../sample/sampleFrames';
import type { RgbImage } from './rgbImage';
import { rotatePlanes, yuvToRgb } from './yuvPlanes';

/** Raised whenever the files or the way to them change. */
const FORMAT = 'frames-1';
export const STORED_FRAMES_ENDING = `.${FORMAT}`;
const MAX_HEADER_BYTES = 65_536;
const NEW_LINE = 10;

function storedPath(folder: string, sha256: string): string {
  return joinPath(folder, sha256 + STORED_FRAMES_ENDING);
}

/**
 * Keeps frames for {@link readStoredFrames}.
 * @param frames one for each of `video.indices`: planes without padding, Y, U, V
 * @throws AppError `INTERNAL` for frames that do not fit, or `OUTPUT_FAILED`
 */
export async function storeFrames(
  folder: string,
  video: DecodedVideo,
  frames: readonly Uint8Array[],
): Promise<void> {
  const size = planeBytes(video.width, video.height);
  if (frames.length !== video.indices.length || frames.some(({ length }) => length !== size)) {
    throw new AppError('INTERNAL', 'decoded frames that do not fit their video');
  }
  const header = new TextEncoder().encode(`${JSON.stringify(video)}\n`);
  const file = new Uint8Array(header.length + size * frames.length);
  file.set(header);
  for (const [n, frame] of frames.entries()) {
    file.set(frame, header.length + n * size);
  }
  await writeWholeFile(storedPath(folder, video.sha256), file);
}

export interface StoredVideo {
  readonly facts: VideoFacts;
  /** the frames' bytes as ffmpeg would make them; align with `facts.indices` */
  readonly frames: () => Generator<RgbImage>;
}

/**
 * Finds the frames of a video by its content.
 * @returns `undefined` when none are stored, or what is stored is not whole
 * @throws AppError `FILE_NOT_FOUND`, `FILE_UNREADABLE` or `CANCELLED`
 */
export async function readStoredFrames(
  folder: string,
  file: string,
  signal?: AbortSignal,
): Promise<StoredVideo | undefined> {
  const sha256 = await sha256OfFile(file, { signal });
  const path = storedPath(folder, sha256);
  if ((await fileSizeBytes(path)) === undefined) {
    return undefined;
  }
  const bytes = await readSmallFile(path, MAX_HEADER_BYTES + MAX_PLANE_BYTES);
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(NEW_LINE);
  const video = parseHeader(bytes.subarray(0, Math.max(0, end)));
  const planes = bytes.subarray(end + 1);
  if (video?.sha256 !== sha256 || !fits(video, planes.length)) {
    return undefined;
  }
  const swaps = video.rotation % 180 !== 0;
  const { width, height, frameCount, framesPerSecond, indices, seconds } = video;
  return {
    facts: {
      width: swaps ? height : width,
      height: swaps ? width : height,
      ...{ frameCount, framesPerSecond, indices, seconds },
    },
    frames: () => convert(video, planes),
  };
}

function parseHeader(bytes: Uint8Array): DecodedVideo | undefined {
  try {
    return decodedVideoSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined; // not JSON: not one of these files
  }
}

/** What is stored is what the engine itself would choose. */
function fits(video: DecodedVideo, bytes: number): boolean {
  const { width, height, indices, seconds } = video;
  const chosen = sampleFrames(video.frameCount, video.framesPerSecond);
  return (
    JSON.stringify(chosen) === JSON.stringify(indices) &&
    seconds.length === indices.length &&
    bytes === planeBytes(width, height) * indices.length
  );
}

function* convert(video: DecodedVideo, planes: Uint8Array): Generator<RgbImage> {
  const { width, height, rotation, matrix, fullRange } = video;
  const [luma, chroma] = [width * height, chromaBytes(width, height)];
  for (let at = 0; at < planes.length; at += luma + 2 * chroma) {
    const frame = {
      width,
      height,
      y: planes.subarray(at, at + luma),
      u: planes.subarray(at + luma, at + luma + chroma),
      v: planes.subarray(at + luma + chroma, at + luma + 2 * chroma),
    };
    yield yuvToRgb(rotatePlanes(frame, rotation), matrix, fullRange);
  }
}
