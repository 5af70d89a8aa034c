// The files of a medium: one, or the pictures of a video that comes as its frames.

import { AppError } from '../base/errors';
import { isAddress, isFolder, listFolder, resolveMedia } from '../node/folder';
import { sha256OfFile } from '../node/hash';
import { framesOf, type VideoFiles } from '../sample/frameList';

const PICTURE = /\.(jpe?g|png|webp|bmp)$/i;
/** More than two hours of a film at one frame a second. */
const MAX_FRAMES = 10_000;

/** As people number files: frame_2 comes before frame_10. */
const byNumber = new Intl.Collator('en', { numeric: true });

/**
 * Names of the pictures that a video's name stands for: those of a list, or all in a folder.
 * @returns `undefined` for a video file
 * @throws AppError as {@link resolveMedia} does for the folder, `MEDIA_NOT_FOUND` for one without
 *   pictures, `MEDIA_TOO_LARGE`
 */
export async function frameNames(
  root: string,
  name: string,
): Promise<readonly string[] | undefined> {
  const listed = framesOf(name);
  const frames = listed ?? (await namesInFolder(root, name));
  if (frames !== undefined && frames.length > MAX_FRAMES) {
    const message = `${label(name)}: ${frames.length} frames, at most ${MAX_FRAMES} are read`;
    throw new AppError('MEDIA_TOO_LARGE', message, { media: label(name) });
  }
  return frames;
}

async function namesInFolder(root: string, name: string): Promise<readonly string[] | undefined> {
  if (isAddress(name)) {
    return undefined;
  }
  const folder = await resolveMedia(root, name);
  if (!(await isFolder(folder))) {
    return undefined;
  }
  const pictures = (await listFolder(folder)).filter((each) => PICTURE.test(each));
  if (pictures.length === 0) {
    throw new AppError('MEDIA_NOT_FOUND', `${name}: the folder holds no pictures`, { media: name });
  }
  return pictures
    .sort((a, b) => byNumber.compare(a, b))
    .map((each) => `${name.replace(/[/\\]+$/, '')}/${each}`);
}

function label(name: string): string {
  return framesOf(name)?.[0] ?? name;
}

/**
 * Finds a video. Every frame is held to the same rules as a picture.
 * @throws AppError as {@link frameNames} and {@link resolveMedia} do, naming the frame
 */
export async function videoFiles(root: string, name: string): Promise<VideoFiles> {
  const frames = await frameNames(root, name);
  if (frames === undefined) {
    return resolveMedia(root, name);
  }
  const files: string[] = [];
  for (const frame of frames) {
    files.push(await resolveMedia(root, frame));
  }
  return files;
}

/** SHA-256 of the file, or of every frame. Throws as {@link sha256OfFile} does. */
export async function contentOf(files: VideoFiles): Promise<string | readonly string[]> {
  if (typeof files === 'string') {
    return sha256OfFile(files);
  }
  const hashes: string[] = [];
  for (const file of files) {
    hashes.push(await sha256OfFile(file));
  }
  return hashes;
}
