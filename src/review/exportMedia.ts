// How media are named in an export: where they are, copied beside it, or inside its rows.

import { AppError } from '../base/errors';
import type { ExportedMedium } from '../formats/exports/pairFormat';
import { copyNewFile } from '../node/atomicFile';
import {
  absolutePath,
  baseName,
  isAddress,
  isFolder,
  joinPath,
  relativePath,
  resolveMedia,
} from '../node/folder';
import { sha256, sha256OfFile } from '../node/hash';
import { isHeld } from '../node/heldMedia';
import { removeFile } from '../node/removeFile';
import { readSmallFile } from '../node/smallFile';
import { framesOf } from '../sample/frameList';
import { mediaOf, type Sample } from '../sample/sample';
import { contentOf, frameNames, videoFiles } from '../scoring/mediaFiles';

export const MEDIA_MODES = ['relative', 'copy', 'embed'] as const;
export type MediaMode = (typeof MEDIA_MODES)[number];

/** As base64 it is a third longer, and a row is held in memory. */
const MAX_EMBEDDED_BYTES = 64 * 1024 * 1024;
/** Of SHA-256: enough that no two files ever share a name. */
const NAME_DIGITS = 32;

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.apng': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.jfif': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.bmp': 'image/bmp',
  '.ico': 'image/x-icon',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.avif': 'image/avif',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.avi': 'video/x-msvideo',
  '.wmv': 'video/x-ms-wmv',
};

interface Refused {
  readonly ok: false;
  readonly reason: string;
}

export type SampleMedia =
  { readonly ok: true; readonly mediumOf: (path: string) => ExportedMedium } | Refused;

/** Of each video of a sample, whether it is exported as a list of its frames. */
export type SampleVideos = { readonly ok: true; readonly areFrames: readonly boolean[] } | Refused;

export class ExportMedia {
  readonly #copies: string[] = [];
  /** names of copies by path: a picture is read once */
  readonly #copied = new Map<string, string>();

  /**
   * @param rowFile a file of the export: paths are relative to its folder
   * @param folder where copies go
   * @param listsFolders folders of frames are written as lists of them: the trainer reads no folder
   */
  constructor(
    readonly mode: MediaMode,
    readonly rowFile: string,
    readonly folder: string,
    readonly listsFolders = false,
  ) {}

  /**
   * @returns a reason when a medium can't be copied or embedded
   * @throws AppError `OUTPUT_FAILED`
   */
  of(sample: Sample, mediaRoot: string): Promise<SampleMedia> {
    return orReason(async () => {
      const media = new Map<string, ExportedMedium>();
      for (const name of mediaOf(sample)) {
        media.set(name, await this.#medium(name, mediaRoot));
      }
      return { ok: true, mediumOf: (path) => media.get(path) ?? { path } };
    });
  }

  /** How the videos of a sample will be written. Nothing is copied. */
  videosOf({ videos }: Sample, mediaRoot: string): Promise<SampleVideos> {
    return orReason(async () => {
      const areFrames: boolean[] = [];
      for (const name of videos) {
        areFrames.push((await this.#frames(name, mediaRoot)) !== undefined);
      }
      return { ok: true, areFrames };
    });
  }

  /** What is missing of a sample's media, without reading or copying any. */
  async missing(sample: Sample, mediaRoot: string): Promise<string | undefined> {
    for (const name of mediaOf(sample)) {
      const isOnNet = isAddress(name) && !name.startsWith('data:') && !isHeld(name);
      if (this.mode === 'relative' && isOnNet) {
        continue; // it stays an address
      }
      try {
        await videoFiles(mediaRoot, name);
      } catch (error) {
        if (!(error instanceof AppError)) {
          throw error;
        }
        return error.message;
      }
    }
    return undefined;
  }

  /** For a preview: nothing is copied. */
  asNamed(): Extract<SampleMedia, { ok: true }> {
    return { ok: true, mediumOf: (path) => ({ path }) };
  }

  /** Takes the copies away that this export has made. */
  async undo(): Promise<void> {
    for (const copy of this.#copies) {
      await removeFile(copy);
    }
  }

  async #medium(name: string, root: string): Promise<ExportedMedium> {
    const frames = await this.#frames(name, root);
    if (frames !== undefined) {
      const media: ExportedMedium[] = [];
      for (const frame of frames) {
        media.push(await this.#medium(frame, root));
      }
      return { path: '', frames: media };
    }
    const path = isAddress(name) ? name : relativePath(this.rowFile, absolutePath(root, name));
    const held = isHeld(name);
    if ((this.mode === 'relative' && !held) || name.startsWith('data:')) {
      return { path };
    }
    const file = await resolveMedia(root, name);
    if (this.mode === 'copy') {
      const copy =
        this.#copied.get(file) ??
        ((await isFolder(file))
          ? await this.#copyFolder(root, name)
          : await this.#copy(file, name));
      this.#copied.set(file, copy);
      return { path: relativePath(this.rowFile, copy) };
    }
    const bytes = await readSmallFile(file, MAX_EMBEDDED_BYTES);
    const type = MIME_TYPES[endingOf(name)] ?? 'application/octet-stream';
    const dataUrl = `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
    // what lies in the cache has no path to name
    const inside = this.mode === 'embed' ? { path: baseName(file), dataUrl } : { path: dataUrl };
    return held ? inside : { path, dataUrl };
  }

  /**
   * A list of frames stays one. So does a folder of them, save where its content or a list is wanted.
   * What is not there stays the path that it is.
   */
  async #frames(name: string, root: string): Promise<readonly string[] | undefined> {
    const isListed =
      this.mode === 'embed' ||
      (this.listsFolders && !isAddress(name) && (await isFolder(absolutePath(root, name))));
    return isListed ? frameNames(root, name) : framesOf(name);
  }

  /** Named by content: the same picture is there once, and no two share a name. */
  async #copy(file: string, name: string): Promise<string> {
    const hash = (await sha256OfFile(file)).slice(0, NAME_DIGITS);
    const copy = joinPath(this.folder, `${hash}${endingOf(name)}`);
    if (await copyNewFile(file, copy)) {
      this.#copies.push(copy);
    }
    return copy;
  }

  /** The frames of a video in a folder of their own, under the names they have. */
  async #copyFolder(root: string, name: string): Promise<string> {
    const files = await videoFiles(root, name);
    const hash = sha256(JSON.stringify(await contentOf(files))).slice(0, NAME_DIGITS);
    const folder = joinPath(this.folder, hash);
    for (const file of typeof files === 'string' ? [files] : files) {
      const copy = joinPath(folder, baseName(file));
      if (await copyNewFile(file, copy)) {
        this.#copies.push(copy);
      }
    }
    return folder;
  }
}

/** What can't be had of a sample's media is a reason. @throws AppError `OUTPUT_FAILED` */
async function orReason<T>(run: () => Promise<T>): Promise<T | Refused> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'OUTPUT_FAILED') {
      throw error;
    }
    return { ok: false, reason: error.message };
  }
}

function endingOf(name: string): string {
  return /\.[a-z0-9]{1,8}$/i.exec(name)?.[0].toLowerCase() ?? '';
}
