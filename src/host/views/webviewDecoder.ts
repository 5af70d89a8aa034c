// Has a webview decode videos, and gathers the frames it sends.

import { AppError } from '../../base/errors';
import type { FromWebview, ToWebview } from '../../protocol/reviewProtocol';
import type { DecodedVideo } from '../../sample/decodedVideo';
import { planeBytes } from '../../sample/planeSize';
import type { DecodedFrames, VideoDecoder } from '../videoFallback';

interface Request {
  readonly key: string;
  video: DecodedVideo | undefined;
  readonly frames: Uint8Array[];
  readonly resolve: (decoded: DecodedFrames) => void;
  readonly reject: (error: AppError) => void;
}

export class WebviewDecoder implements VideoDecoder {
  readonly #requests = new Map<number, Request>();
  #last = 0;

  /** @param toUri makes the address of a file for the webview */
  constructor(
    readonly post: (message: ToWebview) => void,
    readonly toUri: (file: string) => string,
  ) {}

  decodeVideo(file: string, key: string): Promise<DecodedFrames> {
    this.#last += 1;
    const request = this.#last;
    return new Promise((resolve, reject) => {
      this.#requests.set(request, { key, video: undefined, frames: [], resolve, reject });
      this.post({ type: 'decodeVideo', request, uri: this.toUri(file) });
    });
  }

  /** Handles a message. @returns false when it is about something else */
  receive(message: FromWebview): boolean {
    switch (message.type) {
      case 'videoFacts':
      case 'videoFrame':
      case 'videoRefused':
        break;
      default:
        return false;
    }
    const request = this.#requests.get(message.request);
    if (request === undefined) {
      return true; // cancelled
    }
    switch (message.type) {
      case 'videoFacts':
        request.video ??= message.video;
        break;
      case 'videoFrame':
        this.#take(message.request, request, message.planes);
        break;
      case 'videoRefused':
        this.#refuse(message.request, request, 'MEDIA_UNSUPPORTED', message.reason);
        break;
    }
    return true;
  }

  #take(id: number, request: Request, planes: Uint8Array): void {
    const { video, frames } = request;
    if (video === undefined || planes.length !== planeBytes(video.width, video.height)) {
      this.#refuse(id, request, 'MEDIA_UNSUPPORTED', 'its frames differ in size');
      return;
    }
    frames.push(planes);
    if (frames.length === video.indices.length) {
      this.#requests.delete(id);
      request.resolve({ video, frames });
    }
  }

  #refuse(
    id: number,
    request: Request,
    code: 'MEDIA_UNSUPPORTED' | 'CANCELLED',
    reason: string,
  ): void {
    this.#requests.delete(id);
    this.post({ type: 'cancelVideo', request: id });
    request.reject(new AppError(code, reason));
  }

  /** @param keep the sample that is shown now; without it, nothing is */
  cancel(keep?: string): void {
    for (const [id, request] of this.#requests) {
      if (request.key !== keep) {
        this.#refuse(id, request, 'CANCELLED', 'cancelled');
      }
    }
  }
}
