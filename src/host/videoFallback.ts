// Videos where there is no ffmpeg: frames that VS Code's browser decodes, kept for the engine.

import fs from 'node:fs/promises';
import path from 'node:path';
import { throwIfAborted } from '../base/abort';
import { AppError, encodeError, errorText, isCancelled, type EncodedError } from '../base/errors';
import type { Logger } from '../base/logger';
import { fileIdentity } from '../node/folder';
import { sha256OfFile } from '../node/hash';
import type { DecodedVideo } from '../sample/decodedVideo';
import type { Sample } from '../sample/sample';
import { videoFiles } from '../scoring/mediaFiles';
import { STORED_FRAMES_ENDING, storeFrames } from '../vision/storedFrames';

export interface DecodedFrames {
  readonly video: DecodedVideo;
  /** as many as `video.indices` */
  readonly frames: readonly Uint8Array[];
}

/** A view that can decode videos. */
export interface VideoDecoder {
  /**
   * @param key names the sample that is shown for it: when another one is shown, it ends
   * @throws AppError `MEDIA_UNSUPPORTED` with the reason, or `CANCELLED`
   */
  decodeVideo(file: string, key: string): Promise<DecodedFrames>;
}

/** The oldest files go when there are more. */
const MAX_STORED_BYTES = 1024 * 1024 * 1024;

export class VideoFallback {
  /** by identity of the file: no video is decoded twice at once */
  readonly #running = new Map<string, Promise<void>>();
  /** what can't be decoded stays so */
  readonly #refused = new Map<string, string>();

  constructor(
    readonly folder: string,
    readonly logger: Logger,
  ) {}

  /**
   * Decodes the videos of a sample, so that asking the engine again will do.
   * @param fault what the engine said
   * @returns the fault with a reason when one of them can't be decoded; `undefined` when all are there
   * @throws AppError `CANCELLED`
   */
  async decode(
    fault: EncodedError,
    { root, names }: { readonly root: string; readonly names: Sample['videos'] },
    decoder: VideoDecoder,
    key: string,
    signal?: AbortSignal,
  ): Promise<EncodedError | undefined> {
    for (const name of names) {
      try {
        const file = await videoFiles(root, name);
        if (typeof file === 'string') {
          await this.#decodeOne(file, decoder, key, signal);
        } // pictures are decoded without ffmpeg
      } catch (error) {
        if (isCancelled(error)) {
          throw error;
        }
        const reason = errorText(error);
        const message = `${fault.message}; VS Code’s own decoder can’t be used for ${name}: ${reason}`;
        return { ...fault, message };
      }
    }
    return undefined;
  }

  async #decodeOne(
    file: string,
    decoder: VideoDecoder,
    key: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const identity = await fileIdentity(file);
    for (;;) {
      throwIfAborted(signal);
      const refused = this.#refused.get(identity);
      if (refused !== undefined) {
        throw new AppError('MEDIA_UNSUPPORTED', refused);
      }
      const other = this.#running.get(identity);
      const run = other ?? this.#start(identity, file, decoder, key);
      try {
        await run;
        throwIfAborted(signal);
        return;
      } catch (error) {
        // another view may have gone, and this one still wants it
        if (!isCancelled(error) || other === undefined) {
          throw error;
        }
      }
    }
  }

  #start(identity: string, file: string, decoder: VideoDecoder, key: string): Promise<void> {
    const run = this.#store(file, decoder, key)
      .catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'MEDIA_UNSUPPORTED') {
          this.#refused.set(identity, error.message);
        }
        throw error;
      })
      .finally(() => this.#running.delete(identity));
    this.#running.set(identity, run);
    return run;
  }

  async #store(file: string, decoder: VideoDecoder, key: string): Promise<void> {
    const { video, frames } = await decoder.decodeVideo(file, key);
    if (video.sha256 !== (await sha256OfFile(file))) {
      throw new AppError('MEDIA_UNREADABLE', 'the file changed while it was read');
    }
    await storeFrames(this.folder, video, frames);
    await this.#removeOldest().catch((error: unknown) =>
      this.logger.log('warn', 'old frames not removed', { ...encodeError(error) }),
    );
  }

  async #removeOldest(): Promise<void> {
    const names = await fs.readdir(this.folder);
    const files = await Promise.all(
      names
        .filter((name) => name.endsWith(STORED_FRAMES_ENDING))
        .map(async (name) => {
          const file = path.join(this.folder, name);
          const { size, mtimeMs } = await fs.stat(file);
          return { file, size, mtimeMs };
        }),
    );
    let bytes = 0;
    for (const { file, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      bytes += size;
      if (bytes > MAX_STORED_BYTES) {
        await fs.rm(file, { force: true });
      }
    }
  }
}
