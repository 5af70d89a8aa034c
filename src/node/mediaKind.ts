// What kind of medium bytes are, told by their beginning.

/** First bytes of a file by its kind, and where they stand. */
const KINDS = [
  ['image/png', 0, '\x89PNG'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/bmp', 0, 'BM'],
  ['video/quicktime', 4, 'ftypqt'],
  ['video/mp4', 4, 'ftyp'],
  ['video/webm', 0, '\x1aE\xdf\xa3'],
] as const;

export type MediaType = (typeof KINDS)[number][0];

const ENDINGS: Readonly<Record<MediaType, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/tiff': 'tiff',
  'image/bmp': 'bmp',
  'video/quicktime': 'mov',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
};

/** Endings of all kinds. */
export const MEDIA_ENDINGS: readonly string[] = [...new Set(Object.values(ENDINGS))];

/** This many bytes tell. */
export const KIND_BYTES = 16;

export function mediaTypeOf(start: Uint8Array): MediaType | undefined {
  const words = Buffer.from(start.subarray(0, KIND_BYTES)).toString('latin1');
  return KINDS.find(([, at, mark]) => words.startsWith(mark, at))?.[0];
}

/** The usual ending of a file's name, without its dot. */
export function endingOf(type: MediaType): string {
  return ENDINGS[type];
}
