// What the engine asks the thread that prepares samples. Messages are cloned, not turned into JSON.

import { RequestType } from 'vscode-jsonrpc';
import type { EncodedError } from '../base/errors';
import type { InspectParams, InspectRow } from '../protocol/engineProtocol';
import type { VideoFacts } from '../sample/reward';
import type { ScoreRequest } from '../sample/scorer';
import type { PreparedSample } from '../scoring/prepareSample';
import type { VideoFiles } from '../sample/frameList';

export interface PrepareParams {
  readonly modelFolder: string;
  /** model and device, `rewardIdentity` */
  readonly identity: string;
  readonly request: ScoreRequest;
}

export interface ThumbnailsParams {
  /** absolute path of a video, or of each frame */
  readonly file: VideoFiles;
}

export interface Thumbnails {
  readonly facts: VideoFacts;
  /** JPEG files, as many as `facts.indices` */
  readonly jpegs: readonly Uint8Array[];
}

export const PREPARE_SAMPLE = new RequestType<PrepareParams, PreparedSample, EncodedError>(
  'prepareSample',
);
export const INSPECT_SAMPLE = new RequestType<InspectParams, readonly InspectRow[], EncodedError>(
  'inspectSample',
);
export const READ_THUMBNAILS = new RequestType<ThumbnailsParams, Thumbnails, EncodedError>(
  'readThumbnails',
);
