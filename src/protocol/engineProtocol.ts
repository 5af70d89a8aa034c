// What the engine process can be asked, and what it tells. Both ends share these values.

import { NotificationType, ProgressType, RequestType } from 'vscode-jsonrpc';
import type { EncodedError } from '../base/errors';
import type { Progress } from '../base/progress';
import type { MediaFacts, SampleScore } from '../sample/reward';
import type { ScoreRequest } from '../sample/scorer';

/** Raised whenever a message changes; both sides must agree. */
export const PROTOCOL_VERSION = 1;

export interface HelloParams {
  readonly protocol: number;
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
  /** set for stand-ins: "untrained" */
  readonly label?: string;
  readonly weightBytes: number;
}

export interface ModelParams {
  readonly modelFolder: string;
}

export interface ScoreParams extends ModelParams {
  readonly request: ScoreRequest;
  /** higher goes first: a person who waits before a batch */
  readonly priority: number;
  /** names the progress notifications of this request */
  readonly token: string;
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

export interface ConvertParams {
  readonly checkpointFolder: string;
  readonly outFolder: string;
  readonly precision: 'fp32';
  readonly token: string;
}

export interface ConvertAnswer {
  readonly model: ModelFacts;
  readonly ignoredTensors: number;
}

/** A timed run of the whole way from pixels and tokens to a reward, on the loaded model. */
export interface SelfTestAnswer {
  readonly model: ModelFacts;
  readonly msLoad: number;
  readonly msVision: number;
  readonly msDecoder: number;
  /** the same reward came out twice, and divided as undivided within 1e-4 */
  readonly repeatable: boolean;
  readonly undividedDifference: number;
}

export const HELLO = new RequestType<HelloParams, HelloResult, EncodedError>('hello');
export const DESCRIBE_MODEL = new RequestType<ModelParams, ModelFacts, EncodedError>('model');
export const SCORE = new RequestType<ScoreParams, SampleScore, EncodedError>('score');
export const INSPECT = new RequestType<InspectParams, readonly InspectRow[], EncodedError>(
  'inspect',
);
export const CONVERT = new RequestType<ConvertParams, ConvertAnswer, EncodedError>('convert');
export const SELF_TEST = new RequestType<ModelParams, SelfTestAnswer, EncodedError>('selfTest');

export const SCORE_PROGRESS = new ProgressType<ScoreEvent>();
export const CONVERT_PROGRESS = new ProgressType<Progress>();

/** Asks the engine to end itself once nothing runs any more. */
export const SHUTDOWN = new NotificationType<Record<string, never>>('shutdown');
