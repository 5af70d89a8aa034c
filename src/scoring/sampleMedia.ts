// The media of a sample: found, decoded, and turned into rows for the decoder.

import { throwIfAborted } from '../base/abort';
import { AppError } from '../base/errors';
import { tokensPerSide, type PromptModel, type RewardModel } from '../model/rewardModel';
import { resolveMedia } from '../node/folder';
import type { MediaFacts } from '../sample/reward';
import { mediaOf } from '../sample/sample';
import type { ScoreRequest } from '../sample/scorer';
import { decodeImage, readImageSize } from '../vision/decodeImage';
import { imageTokenCount } from '../vision/imageGeometry';
import { tilePixels } from '../vision/normalise';
import { overviewPixels } from '../vision/overview';
import { prepareImage, requireGeometry, type PreparedImage } from '../vision/prepareImage';

/** With several media the published code limits each of them to this many tiles. */
const HD_NUM_OF_SEVERAL = 6;

/** The tile limit that holds for a request's media. */
export function effectiveHdNum({ sample, options }: ScoreRequest): number {
  return mediaOf(sample).length > 1 ? HD_NUM_OF_SEVERAL : (sample.hdNum ?? options.hdNum);
}

/** What the model will see of each medium, from the file headers alone. */
export async function describeMedia(
  model: PromptModel,
  request: ScoreRequest,
): Promise<MediaFacts[]> {
  const hdNum = effectiveHdNum(request);
  const facts: MediaFacts[] = [];
  for (const path of imagesOf(request)) {
    const { width, height } = await readImageSize(await resolveMedia(request.mediaRoot, path));
    const geometry = requireGeometry(width, height, hdNum, model.manifest.dims.vision.tile);
    facts.push(toFacts(model, path, { width, height }, geometry.padded, geometry.grid));
  }
  return facts;
}

export interface LoadedMedium {
  readonly facts: MediaFacts;
  readonly prepared: PreparedImage;
}

/** Decodes and tiles each medium. @throws AppError with a MEDIA_ code for the first that fails */
export async function loadMedia(
  model: PromptModel,
  request: ScoreRequest,
  signal?: AbortSignal,
): Promise<LoadedMedium[]> {
  const hdNum = effectiveHdNum(request);
  const loaded: LoadedMedium[] = [];
  for (const path of imagesOf(request)) {
    throwIfAborted(signal);
    const decoded = await decodeImage(await resolveMedia(request.mediaRoot, path));
    const prepared = prepareImage(decoded, hdNum, model.manifest.dims.vision.tile);
    const { width, height } = prepared.image;
    loaded.push({ prepared, facts: toFacts(model, path, decoded, [width, height], prepared.grid) });
  }
  return loaded;
}

/** Runs the vision tower and the projector. @returns rows for the decoder, [tokens, hidden] */
export async function encodeMedium(
  model: RewardModel,
  { prepared }: LoadedMedium,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { tile } = model.manifest.dims.vision;
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

function imagesOf({ sample }: ScoreRequest): readonly string[] {
  const video = sample.videos[0];
  if (video !== undefined) {
    throw new AppError('MEDIA_UNSUPPORTED', `${video}: videos can't be scored yet`, {
      media: video,
    });
  }
  return sample.images;
}

function toFacts(
  model: PromptModel,
  path: string,
  { width, height }: { readonly width: number; readonly height: number },
  padded: readonly [number, number],
  grid: readonly [number, number],
): MediaFacts {
  const tokens = imageTokenCount(grid, tokensPerSide(model.manifest));
  return { path, width, height, padded, grid, tokens };
}
