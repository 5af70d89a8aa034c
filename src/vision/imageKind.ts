// Which kind of image a file is, by its first bytes: names lie.

/** Kinds that are read; everything else is `MEDIA_UNSUPPORTED`. */
export type ImageKind = 'png' | 'jpeg' | 'webp' | 'gif' | 'bmp' | 'ico' | 'tiff' | 'avif';

/** Bytes that {@link sniffImageKind} wants to see, fewer if the file is shorter. */
export const SNIFF_BYTES = 32;

const SIGNATURES: readonly (readonly [ImageKind, RegExp])[] = [
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['jpeg', /^\xff\xd8\xff/],
  ['webp', /^RIFF[^]{4}WEBPVP8/],
  ['gif', /^GIF8[79]a/],
  ['bmp', /^BM/],
  ['ico', /^\0\0\x01\0/],
  ['tiff', /^(II[*+]\0|MM\0[*+])/],
  ['avif', /^[^]{4}ftyp(avif|avis)/],
  // a general brand first, AVIF among the compatible ones
  ['avif', /^[^]{4}ftyp(mif1|msf1)[^]{4}([^]{4})*?avi[fs]/],
];

/** @param head the first {@link SNIFF_BYTES} bytes of the file */
export function sniffImageKind(head: Uint8Array): ImageKind | undefined {
  const text = String.fromCharCode(...head);
  return SIGNATURES.find(([, signature]) => signature.test(text))?.[0];
}

/** What a file is that looks like an image of a kind that is not read, for messages. */
export function foreignKind(head: Uint8Array): string {
  const text = String.fromCharCode(...head);
  const [, name] = FOREIGN.find(([signature]) => signature.test(text)) ?? [];
  return name === undefined ? 'not an image of a known kind' : `${name} images are not read`;
}

const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/^P[1-7fF]\s/, 'PPM'],
  [/^[^]{4}ftyp(heic|heix|hevc|heim|heis|mif1|msf1)/, 'HEIC'],
  [/^(\xff\x4f\xff\x51|[^]{4}jP {2}\r\n)/, 'JPEG 2000'],
  [/^(\xff\x0a|[^]{4}JXL )/, 'JPEG XL'],
  [/^8BPS/, 'Photoshop'],
  [/^\s*(<\?xml[^]*)?<svg/, 'SVG'],
  [/^qoif/, 'QOI'],
  [/^DDS /, 'DDS'],
];
