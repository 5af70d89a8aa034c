// The media of a sample: found, decoded, and turned into rows for the decoder.

import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import type { VisionDims } from '../model/checkpoint/modelConfig';
import { tokensPerSide, type PromptModel, type RewardModel } from '../model/rewardModel';
import { resolveMedia } from '../node/folder';
import type { MediaFacts, VideoFacts } from '../sample/reward';
import { mediaOf } from '../sample/sample';
import type { ScoreRequest } from '../sample/scorer';
import { decodeImage, readImageSize } from '../vision/decodeImage';
import { imageTokenCount } from '../vision/imageGeometry';
import { tilePixels } from '../vision/normalise';
import { overviewPixels } from '../vision/overview';
import { prepareImage, requireGeometry, type PreparedImage } from '../vision/prepareImage';
import { prepareSheet, sheetGeometry } from '../vision/prepareSheet';
import type { RgbImage } from '../vision/rgbImage';
import type { VideoReader } from '../vision/videoReader';
import { frameSize, sheetSize } from '../vision/videoSheet';

/** With several media the published code limits each of them to this many tiles. */
const HD_NUM_OF_SEVERAL = 6;

/** The tile limit that holds for a request's media. */
export function effectiveHdNum({ sample, options }: ScoreRequest): number {
  return mediaOf(sample).length > 1 ? HD_NUM_OF_SEVERAL : (sample.hdNum ?? options.hdNum);
}

/** What the model will see of each medium: from the headers of images, and the count of frames. */
export async function describeMedia(
  model: PromptModel,
  request: ScoreRequest,
  videos: VideoReader,
): Promise<MediaFacts[]> {
  const hdNum = effectiveHdNum(request);
  const facts: MediaFacts[] = [];
  if (mediaOf(request.sample).length === 0) {
    return facts;
  }
  const vision = requireVision(model);
  for (const path of request.sample.images) {
    const { width, height } = await readImageSize(await resolveMedia(request.mediaRoot, path));
    const geometry = requireGeometry(width, height, hdNum, vision.tile);
    facts.push(toFacts(vision, path, { width, height }, geometry.padded, geometry.grid));
  }
  for (const path of request.sample.videos) {
    const video = await videos.describe(await resolveMedia(request.mediaRoot, path));
    const onSheet = frameSize(video.width, video.height);
    const [width, height] = sheetSize(video.indices.length, onSheet);
    const { padded, grid } = sheetGeometry(width, height, vision.tile);
    facts.push({ ...toFacts(vision, path, { width, height }, padded, grid), video });
  }
  return facts;
}

export interface LoadedMedium {
  readonly facts: MediaFacts;
  readonly prepared: PreparedImage;
}

/**
 * Decodes and tiles each medium, images before videos.
 * @throws AppError with a MEDIA_ code for the first that fails, or `FFMPEG_NOT_FOUND`
 */
export async function loadMedia(
  model: PromptModel,
  request: ScoreRequest,
  videos: VideoReader,
  signal?: AbortSignal,
): Promise<LoadedMedium[]> {
  const hdNum = effectiveHdNum(request);
  const loaded: LoadedMedium[] = [];
  if (mediaOf(request.sample).length === 0) {
    return loaded;
  }
  const vision = requireVision(model);
  const add = (path: string, source: RgbImage, prepared: PreparedImage, video?: VideoFacts) => {
    const { width, height } = prepared.image;
    const facts = toFacts(vision, path, source, [width, height], prepared.grid);
    loaded.push({ prepared, facts: video === undefined ? facts : { ...facts, video } });
  };
  for (const path of request.sample.images) {
    throwIfAborted(signal);
    const decoded = await decodeImage(await resolveMedia(request.mediaRoot, path));
    add(path, decoded, prepareImage(decoded, hdNum, vision.tile));
  }
  for (const path of request.sample.videos) {
    const file = await resolveMedia(request.mediaRoot, path);
    const { facts, sheet } = await videos.readSheet(file, request.options.frameLabels, signal);
    add(path, sheet, prepareSheet(sheet, vision.tile), facts);
  }
  return loaded;
}

/** Runs the vision tower and the projector. @returns rows for the decoder, [tokens, hidden] */
export async function encodeMedium(
  model: RewardModel,
  { prepared }: LoadedMedium,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { tile } = requireVision(model);
  const [rows, columns] = prepared.grid;
  const encode = async (pixels: Float32Array): Promise<Float32Array> => {
    throwIfAborted(signal);
    return model.encodeTile(pixels);
  };
  const overview = await encode(overviewPixels(prepared.image, tile));
  const tiles: Float32Array[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      tiles.push(await encode(tilePixels(prepared.image, row, column, tile)));
    }
  }
  return model.projectImage(overview, tiles, prepared.grid);
}

function requireVision({ manifest }: PromptModel): VisionDims {
  const { vision } = manifest.dims;
  if (vision === undefined) {
    throw new AppError('MEDIA_UNSUPPORTED', `${manifest.family} reads text only`);
  }
  return vision;
}

function toFacts(
  vision: VisionDims,
  path: string,
  { width, height }: { readonly width: number; readonly height: number },
  padded: readonly [number, number],
  grid: readonly [number, number],
): MediaFacts {
  const tokens = imageTokenCount(grid, tokensPerSide(vision));
  return { path, width, height, padded, grid, tokens };
}
