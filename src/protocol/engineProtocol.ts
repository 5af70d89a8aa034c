// What the engine process can be asked, and what it tells. Both ends share these values.

import { NotificationType, ProgressType, RequestType } from 'vscode-jsonrpc';
import type { EncodedError } from '../base/errors';
import type { Progress } from '../base/progress';
import type { Comparison, Conversation, Ranking } from '../sample/conversation';
import type { Device, DeviceChoice, DeviceRefusal, DeviceUse } from '../sample/device';
import type { HeadFacts, LearnSettings } from '../sample/headFacts';
import type { HeadFault, PromptPairs } from '../sample/promptPairs';
import type { MediaFacts, SampleScore, VideoFacts } from '../sample/reward';
import type { ScoreOptions, ScoreRequest } from '../sample/scorer';

/** Raised whenever a message changes; both sides must agree. */
export const PROTOCOL_VERSION = 5;

export interface HelloParams {
  readonly protocol: number;
  /** devices on which an engine before this one died: `auto` goes past them */
  readonly broken: readonly DeviceRefusal[];
}

export interface HelloResult {
  readonly protocol: number;
  readonly pid: number;
  readonly node: string;
  readonly onnxruntime: string;
  /** execution providers of this build */
  readonly backends: readonly string[];
  readonly sharp: string;
}

/** What a person should know of a model before trusting its rewards. */
export interface ModelFacts {
  readonly folder: string;
  readonly fingerprint: string;
  readonly family: string;
  readonly precision: string;
  /** set for stand-ins: "demo" (`DEMO_LABEL`), "untrained" */
  readonly label?: string;
  readonly weightBytes: number;
}

export interface ModelParams {
  readonly modelFolder: string;
}

/** A model on the device that a person chose. */
export interface DeviceParams extends ModelParams {
  readonly device: DeviceChoice;
}

/** A model that is loaded, and where. */
export interface PrepareAnswer {
  readonly model: ModelFacts;
  readonly device: DeviceUse;
  readonly msLoad: number;
}

/** One device of this machine, as `doctor` shows it. */
export interface DeviceReport {
  readonly device: Device;
  /** why it can't be used */
  readonly error?: EncodedError;
  /** how far each graph that was tried is from the CPU; none for the CPU */
  readonly trials: readonly {
    readonly part: 'vision' | 'decoder';
    readonly variant: 'fused' | 'plain' | 'packed';
    /** `null` when values were not finite or there were none */
    readonly difference: number | null;
    readonly passed: boolean;
    /** what the runtime said where it could not run the graph */
    readonly fault?: string;
  }[];
  /** largest difference that counts as rounding */
  readonly tolerance?: number;
}

export interface ScoreParams extends DeviceParams {
  readonly request: ScoreRequest;
  /** higher goes first: a person who waits before a batch */
  readonly priority: number;
  /** names the progress notifications of this request */
  readonly token: string;
}

export interface FitHeadParams extends DeviceParams {
  readonly prompts: readonly PromptPairs[];
  readonly settings: LearnSettings;
  readonly token: string;
}

/** A score head that was fitted to pairs. */
export interface FitHeadAnswer {
  /** fingerprint of the model whose features it multiplies */
  readonly model: string;
  /** float32, little-endian, in base64 */
  readonly weights: string;
  readonly facts: HeadFacts;
  /** samples and answers that the model gave nothing for; their pairs are left out */
  readonly faults: readonly HeadFault[];
}

/** What happens while a sample is scored. */
export type ScoreEvent =
  | { readonly type: 'started' }
  | { readonly type: 'reward'; readonly candidate: number; readonly reward: number | null };

export interface InspectParams extends ModelParams {
  readonly request: ScoreRequest;
}

/** What the model sees of one candidate. */
export type InspectRow =
  | {
      readonly id: string;
      readonly candidate: number;
      readonly prompt: string;
      readonly tokens: readonly (number | { readonly image_tokens: number })[];
      readonly imageRuns: readonly (readonly [number, number])[];
      readonly images: readonly MediaFacts[];
    }
  | { readonly id: string; readonly candidate: number; readonly error: EncodedError };

/** For the requests that mirror the published functions: finished conversations. */
export interface ConversationParams extends DeviceParams {
  readonly conversations: readonly Conversation[];
  /** folder that media paths are relative to and must stay inside */
  readonly mediaRoot: string;
  readonly options: ScoreOptions;
  /** higher goes first */
  readonly priority: number;
}

/** The frames of a video that the model sees, for people to look at. */
export interface VideoFramesParams {
  readonly mediaRoot: string;
  /** as written in the sample */
  readonly path: string;
}

export interface VideoFramesAnswer {
  readonly facts: VideoFacts;
  /** JPEG files in base64, as many as `facts.indices` */
  readonly jpegs: readonly string[];
}

export interface ConvertParams {
  readonly checkpointFolder: string;
  readonly outFolder: string;
  readonly precision: 'fp32' | 'fp16' | 'int8' | 'int4';
  readonly token: string;
}

export interface ConvertAnswer {
  readonly model: ModelFacts;
  readonly ignoredTensors: number;
}

export interface DownloadParams {
  /** owner/name on the Hugging Face hub */
  readonly repo: string;
  readonly revision: string;
  readonly outFolder: string;
  readonly accessToken?: string;
  readonly hubUrl?: string;
  readonly token: string;
}

export interface DownloadAnswer {
  readonly files: readonly string[];
  readonly sizeBytes: number;
}

/** A timed run of the whole way from pixels and tokens to a reward, on the loaded model. */
export interface SelfTestAnswer {
  readonly model: ModelFacts;
  readonly device: DeviceUse;
  readonly msLoad: number;
  readonly msVision: number;
  readonly msDecoder: number;
  /** the same reward came out twice, and divided as undivided within 1e-4 */
  readonly repeatable: boolean;
  readonly undividedDifference: number;
}

export const HELLO = new RequestType<HelloParams, HelloResult, EncodedError>('hello');
export const DESCRIBE_MODEL = new RequestType<ModelParams, ModelFacts, EncodedError>('model');
/** Loads a model if need be and says where it computes. */
export const PREPARE = new RequestType<DeviceParams, PrepareAnswer, EncodedError>('prepare');
/** Tests every device there is with one layer of a model. */
export const TEST_DEVICES = new RequestType<ModelParams, readonly DeviceReport[], EncodedError>(
  'testDevices',
);
export const SCORE = new RequestType<ScoreParams, SampleScore, EncodedError>('score');
/** Fits a score head to people's pairs, and says what it is worth on pairs that it has not seen. */
export const FIT_HEAD = new RequestType<FitHeadParams, FitHeadAnswer, EncodedError>('fitHead');
export const INSPECT = new RequestType<InspectParams, readonly InspectRow[], EncodedError>(
  'inspect',
);
/** One conversation. */
export const GET_SCORE = new RequestType<ConversationParams, number, EncodedError>('getScore');
/** Any number; in reference mode a bare number for one. */
export const GET_SCORES = new RequestType<
  ConversationParams,
  number | readonly number[],
  EncodedError
>('getScores');
/** Two conversations. */
export const COMPARE = new RequestType<ConversationParams, Comparison, EncodedError>('compare');
/** Any number; in reference mode at least two. */
export const RANK = new RequestType<ConversationParams, Ranking, EncodedError>('rank');
export const VIDEO_FRAMES = new RequestType<VideoFramesParams, VideoFramesAnswer, EncodedError>(
  'videoFrames',
);
export const CONVERT = new RequestType<ConvertParams, ConvertAnswer, EncodedError>('convert');
export const DOWNLOAD = new RequestType<DownloadParams, DownloadAnswer, EncodedError>('download');
export const SELF_TEST = new RequestType<DeviceParams, SelfTestAnswer, EncodedError>('selfTest');

export const SCORE_PROGRESS = new ProgressType<ScoreEvent>();
/** In samples whose features are known; the fit follows. */
export const FIT_HEAD_PROGRESS = new ProgressType<Progress>();
export const CONVERT_PROGRESS = new ProgressType<Progress>();
export const DOWNLOAD_PROGRESS = new ProgressType<Progress>();

/** The engine touches a device now: should it die, this is what it was at. */
export const TRYING_DEVICE = new NotificationType<{ readonly device: Device }>('tryingDevice');
/** The device of a model was settled, at first or because another one failed. */
export const DEVICE_CHOSEN = new NotificationType<DeviceUse>('deviceChosen');

/** Asks the engine to end itself once nothing runs any more. */
export const SHUTDOWN = new NotificationType<Record<string, never>>('shutdown');
