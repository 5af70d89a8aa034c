// Videos for the model: facts, scaled frames, sheets and small pictures of the frames.

import { throwIfAborted } from '../base/abort';
import { AppError, isCancelled } from '../base/errors';
import { filesIdentity } from '../node/folder';
import type { VideoFiles } from '../sample/frameList';
import type { VideoFacts } from '../sample/reward';
import type { FrameLabelMode } from '../sample/scorer';
import { findFfmpeg, type FfmpegTools } from './ffmpegTools';
import { describeFrames, readFrameFiles } from './frameFiles';
import { loadFrameLabels, type FrameLabels } from './frameLabels';
import { probeVideo } from './probeVideo';
import { readFrames } from './readFrames';
import type { RgbImage } from './rgbImage';
import { readStoredFrames, type StoredVideo } from './storedFrames';
import { encodeThumbnail } from './thumbnail';
import { composeSheet, scaleFrame } from './videoSheet';

export interface VideoReaderOptions {
  /** path of ffmpeg or of its folder; empty to look on PATH */
  readonly ffmpeg: string;
  /** media/frame-labels/labels.png */
  readonly labels: string;
  /** folder of frames that were decoded elsewhere, for when there is no ffmpeg */
  readonly storedFrames?: string;
}

interface SampledVideo {
  readonly facts: VideoFacts;
  /** scaled for the sheet; align with `facts.indices` */
  readonly frames: readonly RgbImage[];
}

/** Reads videos, and keeps the frames of the last one: a person looks at it while it is scored. */
export class VideoReader {
  #labels: Promise<FrameLabels> | undefined;
  #last: { readonly identity: string; readonly video: Promise<SampledVideo> } | undefined;

  constructor(readonly options: VideoReaderOptions) {}

  /** Counts frames and chooses some. Throws as `probeVideo` does. */
  async describe(file: VideoFiles, signal?: AbortSignal): Promise<VideoFacts> {
    if (this.#last?.identity === (await filesIdentity(file))) {
      return (await this.#read(file, signal)).facts;
    }
    return typeof file !== 'string'
      ? describeFrames(file)
      : this.#withFfmpeg(
          async (tools) => probeVideo(tools, file, signal),
          async ({ facts }) => facts,
          file,
          signal,
        );
  }

  /** The sheet of a video. Throws as `probeVideo` and `readFrames` do. */
  async readSheet(
    file: VideoFiles,
    mode: FrameLabelMode,
    signal?: AbortSignal,
  ): Promise<{ readonly facts: VideoFacts; readonly sheet: RgbImage }> {
    const { facts, frames } = await this.#read(file, signal);
    const labels = mode === 'atlas' ? await this.#loadLabels() : undefined;
    return { facts, sheet: composeSheet(frames, labels) };
  }

  /** The sampled frames as small JPEG files. Throws as {@link readSheet} does. */
  async readThumbnails(
    file: VideoFiles,
    signal?: AbortSignal,
  ): Promise<{ readonly facts: VideoFacts; readonly jpegs: readonly Uint8Array[] }> {
    const { facts, frames } = await this.#read(file, signal);
    return { facts, jpegs: await Promise.all(frames.map(encodeThumbnail)) };
  }

  async #read(file: VideoFiles, signal: AbortSignal | undefined): Promise<SampledVideo> {
    const identity = await filesIdentity(file);
    for (;;) {
      throwIfAborted(signal);
      if (this.#last?.identity !== identity) {
        this.#last = { identity, video: this.#decode(file, signal) };
      }
      const { video } = this.#last;
      try {
        return await video;
      } catch (error) {
        this.#forget(video);
        // whoever began to read it may have gone; this caller still wants it
        if (!isCancelled(error)) {
          throw error;
        }
      }
    }
  }

  /** Unless another one has taken its place. */
  #forget(video: Promise<SampledVideo>): void {
    if (this.#last?.video === video) {
      this.#last = undefined;
    }
  }

  async #decode(file: VideoFiles, signal: AbortSignal | undefined): Promise<SampledVideo> {
    if (typeof file !== 'string') {
      const facts = await describeFrames(file);
      const frames: RgbImage[] = [];
      await readFrameFiles(file, facts, (frame) => frames.push(scaleFrame(frame)), signal);
      return { facts, frames };
    }
    return this.#withFfmpeg(
      async (tools) => {
        const facts = await probeVideo(tools, file, signal);
        const frames: RgbImage[] = [];
        await readFrames(tools, file, facts, (frame) => frames.push(scaleFrame(frame)), signal);
        return { facts, frames };
      },
      async ({ facts, frames }) => ({ facts, frames: Array.from(frames(), scaleFrame) }),
      file,
      signal,
    );
  }

  /** Without ffmpeg, uses what is stored of the same file; else fails as `findFfmpeg` does. */
  async #withFfmpeg<T>(
    read: (tools: FfmpegTools) => Promise<T>,
    readStored: (video: StoredVideo) => Promise<T>,
    file: string,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    try {
      return await read(await findFfmpeg(this.options.ffmpeg));
    } catch (error) {
      const folder = this.options.storedFrames;
      if (!(error instanceof AppError && error.code === 'FFMPEG_NOT_FOUND') || !folder) {
        throw error;
      }
      const stored = await readStoredFrames(folder, file, signal);
      if (stored === undefined) {
        throw error;
      }
      return readStored(stored);
    }
  }

  #loadLabels(): Promise<FrameLabels> {
    this.#labels ??= loadFrameLabels(this.options.labels);
    return this.#labels;
  }
}
