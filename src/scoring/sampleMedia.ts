// The media of a sample: found, decoded, and turned into rows for the decoder.

import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import type { VisionDims } from '../model/checkpoint/modelConfig';
import { tokensPerSide, type PromptModel } from '../model/promptModel';
import type { RewardModel } from '../model/rewardModel';
import { filesIdentity, resolveMedia } from '../node/folder';
import { sha256 } from '../node/hash';
import { filesOfName, type VideoFiles } from '../sample/frameList';
import type { MediaFacts } from '../sample/reward';
import { mediaOf } from '../sample/sample';
import type { ScoreRequest } from '../sample/scorer';
import { coverRegion } from '../vision/coverRegion';
import { decodeImage, readImageSize } from '../vision/decodeImage';
import { imageTokenCount } from '../vision/imageGeometry';
import { tilePixels } from '../vision/normalise';
import { overviewPixels } from '../vision/overview';
import { prepareImage, requireGeometry, type PreparedImage } from '../vision/prepareImage';
import { prepareSheet, sheetGeometry } from '../vision/prepareSheet';
import type { RgbImage } from '../vision/rgbImage';
import type { VideoReader } from '../vision/videoReader';
import { frameSize, sheetSize } from '../vision/videoSheet';
import type { FeatureCache } from './featureCache';
import { PIXELS_VERSION } from './mediaFacts';
import { contentOf, videoFiles } from './mediaFiles';

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
    const video = await videos.describe(await videoFiles(request.mediaRoot, path));
    const onSheet = frameSize(video.width, video.height);
    const [width, height] = sheetSize(video.indices.length, onSheet);
    const { padded, grid } = sheetGeometry(width, height, vision.tile);
    facts.push({ ...toFacts(vision, path, { width, height }, padded, grid), video });
  }
  return facts;
}

/** What a medium's rows are made from, or the rows themselves when they are known. */
export interface PreparedMedium {
  readonly facts: MediaFacts;
  /** names the rows: content of the file, tiles, model and device */
  readonly key: string;
  /** its rows are of no use to later runs, and are not stored */
  readonly isPassing?: boolean;
  readonly content:
    | { readonly kind: 'rows'; readonly rows: Float32Array }
    | { readonly kind: 'pixels'; readonly prepared: PreparedImage };
}

export interface MediaSource {
  readonly videos: VideoReader;
  /** model and device, `rewardIdentity`: rows of different ones never mix */
  readonly identity: string;
  readonly features?: FeatureCache | undefined;
}

/**
 * Reads each medium, images before videos: from the cache, or decoded and tiled.
 * @throws AppError with a MEDIA_ code for the first that fails, or `FFMPEG_NOT_FOUND`
 */
export async function prepareMedia(
  model: PromptModel,
  request: ScoreRequest,
  source: MediaSource,
  signal?: AbortSignal,
): Promise<PreparedMedium[]> {
  const media: PreparedMedium[] = [];
  if (mediaOf(request.sample).length === 0) {
    return media;
  }
  const vision = requireVision(model);
  const hdNum = effectiveHdNum(request);
  const { frameLabels } = request.options;
  for (const [n, path] of request.sample.images.entries()) {
    throwIfAborted(signal);
    const file = await resolveMedia(request.mediaRoot, path);
    const covered = request.covered?.image === n ? request.covered.region : undefined;
    const decode = async (): Promise<Pixels> => {
      const whole = await decodeImage(file);
      const decoded = covered === undefined ? whole : coverRegion(whole, covered);
      const prepared = prepareImage(decoded, hdNum, vision.tile);
      return { prepared, facts: factsOf(vision, path, decoded, prepared) };
    };
    if (covered === undefined) {
      media.push(await prepareMedium(file, path, ['image', hdNum], source, decode));
    } else {
      const { left, top, right, bottom } = covered;
      const how = ['image', hdNum, 'covered', left, top, right, bottom];
      const noCache = { ...source, features: undefined };
      media.push({ ...(await prepareMedium(file, path, how, noCache, decode)), isPassing: true });
    }
  }
  for (const path of request.sample.videos) {
    throwIfAborted(signal);
    const file = await videoFiles(request.mediaRoot, path);
    const decode = async (): Promise<Pixels> => {
      const { facts: video, sheet } = await source.videos.readSheet(file, frameLabels, signal);
      const prepared = prepareSheet(sheet, vision.tile);
      return { prepared, facts: { ...factsOf(vision, path, sheet, prepared), video } };
    };
    media.push(await prepareMedium(file, path, ['video', frameLabels], source, decode));
  }
  return media;
}

interface Pixels {
  readonly prepared: PreparedImage;
  readonly facts: MediaFacts;
}

/** A file that is being written may change once while it is read, not for ever. */
const MAX_READS = 3;

/** @param how everything but the file that decides the pixels */
async function prepareMedium(
  file: VideoFiles,
  path: string,
  how: readonly (string | number)[],
  { features, identity }: MediaSource,
  decode: () => Promise<Pixels>,
): Promise<PreparedMedium> {
  for (let read = 0; read < MAX_READS; read += 1) {
    const before = await filesIdentity(file);
    const content = [PIXELS_VERSION, identity, ...how, await contentOf(file)];
    const key = sha256(JSON.stringify(content));
    const known = await features?.get(key, path);
    if (known !== undefined) {
      return { facts: known.facts, key, content: { kind: 'rows', rows: known.rows } };
    }
    const { facts, prepared } = await decode();
    // rows must never be kept under the name of another content
    if ((await filesIdentity(file)) === before) {
      return { facts, key, content: { kind: 'pixels', prepared } };
    }
  }
  throw new AppError(
    'MEDIA_UNREADABLE',
    `${filesOfName(path)[0] ?? path} changes while it is read`,
    {
      media: path,
    },
  );
}

/** Runs the vision tower and the projector. @returns rows for the decoder, [tokens, hidden] */
export async function encodePixels(
  model: RewardModel,
  { image, grid }: PreparedImage,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { tile } = requireVision(model);
  const [rows, columns] = grid;
  const encode = async (pixels: Float32Array): Promise<Float32Array> => {
    throwIfAborted(signal);
    return model.encodeTile(pixels);
  };
  const overview = await encode(overviewPixels(image, tile));
  const tiles: Float32Array[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      tiles.push(await encode(tilePixels(image, row, column, tile)));
    }
  }
  return model.projectImage(overview, tiles, grid);
}

function factsOf(
  vision: VisionDims,
  path: string,
  source: RgbImage,
  { image, grid }: PreparedImage,
): MediaFacts {
  return toFacts(vision, path, source, [image.width, image.height], grid);
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
