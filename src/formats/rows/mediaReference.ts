// How rows name pictures and videos: paths, addresses, base64, or a struct with bytes and path.

import * as z from 'zod';
import { isHeld } from '../../node/heldMedia';
import { frameListName } from '../../sample/frameList';
import { text } from './text';

/** A struct of a Hugging Face image column, or an object around an address. */
const struct = z.looseObject({
  bytes: text.nullish(),
  path: text.nullish(),
  url: text.nullish(),
});
const single = z.union([text, struct]);
/** The name is empty where none is said: columns that not every row has are written so. */
export const mediaReference = single.transform(toName);

const frames = z.array(single.nullish());
const one = z.union([single, frames]);
/** Of a part of a message: a video may be a list of its frames. */
export const videoReference = one.transform(toVideoName);

/** One picture or several, as most formats allow. Where the column holds videos, too: files only. */
export const mediaColumn = z
  .union([single, z.array(one.nullish())])
  .nullish()
  .transform((value) => (Array.isArray(value) ? value : [value]))
  .transform((list, context) =>
    list
      .map((each) => {
        if (Array.isArray(each)) {
          context.addIssue(
            'a list in a list is the frames of a video: its column must be "videos"',
          );
          return z.NEVER;
        }
        return toName(each);
      })
      .filter(isSaid),
  );

/**
 * One video or several. A list in the list is the frames of one, and so is a list of pictures alone:
 * a picture is no video.
 */
export const videoColumn = z
  .union([single, z.array(one.nullish())])
  .nullish()
  .transform((value) => {
    const list = Array.isArray(value) ? value : [value];
    const names = list.map(toVideoName).filter(isSaid);
    return names.length > 1 && names.every(isPictureName) ? [frameListName(names)] : names;
  });

function toVideoName(value: z.infer<typeof one> | null | undefined): string {
  if (!Array.isArray(value)) {
    return toName(value);
  }
  const names = value.map(toName).filter(isSaid);
  return names.length === 0 ? '' : frameListName(names);
}

function isSaid(name: string): boolean {
  return name !== '';
}

const PICTURE_NAME = /^(?!frames:).*\.(jpe?g|png|webp|bmp)$|^data:image\//i;

function isPictureName(name: string): boolean {
  return PICTURE_NAME.test(name);
}

/** First characters of base64 by kind of file, which tell it from a path. */
const BASE64_STARTS = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['UklGR', 'image/webp'],
  ['R0lGOD', 'image/gif'],
  ['Qk', 'image/bmp'],
  ['SUkqA', 'image/tiff'],
  ['TU0AK', 'image/tiff'],
] as const;
/** The smallest picture that people have is longer, and few paths are. */
const MIN_BASE64_LENGTH = 64;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** @returns a path, an address, or the name or `data:` URL of a picture that the row holds; or nothing */
function toName(value: z.infer<typeof single> | null | undefined): string {
  if (value == null) {
    return '';
  }
  if (typeof value === 'string') {
    return asContent(value) ?? value;
  }
  const { bytes, path, url } = value;
  const content = bytes == null ? undefined : asContent(bytes);
  return [content, url, path].find((name) => name != null && name !== '') ?? '';
}

function asContent(value: string): string | undefined {
  if (value.startsWith('data:') || isHeld(value)) {
    return value;
  }
  const kind = BASE64_STARTS.find(([start]) => value.startsWith(start))?.[1];
  return kind !== undefined && value.length >= MIN_BASE64_LENGTH && BASE64.test(value)
    ? `data:${kind};base64,${value.replace(/\s/g, '')}`
    : undefined;
}

const VIDEO_NAME = /\.(mp4|m4v|webm|mkv|mov|avi|mpe?g|flv|wmv|pkl)$/i;

/** For formats whose one column holds either. */
export function isVideoName(name: string): boolean {
  return VIDEO_NAME.test(name);
}
