// The only file that touches ONNX Runtime: sessions over graph files.

import * as ort from 'onnxruntime-node';
import { AppError, errorText } from '../base/errors';

export type OrtTensor = ort.Tensor;
export type Feeds = Readonly<Record<string, OrtTensor>>;

/** A loaded graph. `run` blocks its thread: use it in the engine process only. */
export interface Session {
  /** @param fetches names of the outputs wanted @throws AppError `RUNTIME_FAILED` */
  run(feeds: Feeds, fetches: readonly string[]): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  /** threads inside one operator; 0 lets the runtime choose */
  readonly threads: number;
}

/** Loads a graph file; its external data are found relative to it. @throws AppError `RUNTIME_FAILED` */
export async function openSession(path: string, options: SessionOptions): Promise<Session> {
  const session = await ort.InferenceSession.create(path, {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads,
    logSeverityLevel: 3,
  }).catch((error: unknown) => {
    throw new AppError('RUNTIME_FAILED', `${path}: ${errorText(error)}`, { file: path });
  });
  return {
    async run(feeds, fetches) {
      try {
        return await session.run(feeds, [...fetches]);
      } catch (error) {
        throw new AppError('RUNTIME_FAILED', `${path}: ${errorText(error)}`, { file: path });
      }
    },
    release: () => session.release(),
  };
}

export function floatTensor(data: Float32Array, dims: readonly number[]): OrtTensor {
  return new ort.Tensor('float32', data, dims);
}

export function int32Tensor(values: readonly number[], dims: readonly number[]): OrtTensor {
  return new ort.Tensor('int32', Int32Array.from(values), dims);
}

export function int64Tensor(values: readonly number[], dims: readonly number[]): OrtTensor {
  return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

/** The data of a float output. @throws AppError `RUNTIME_FAILED` when it is missing */
export function floatData(
  outputs: Readonly<Record<string, OrtTensor>>,
  name: string,
): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) {
    throw new AppError('RUNTIME_FAILED', `the graph gave no float output ${name}`);
  }
  return data;
}

/** Version and what this build of the runtime can run on. */
export function runtimeFacts(): { readonly version: string; readonly backends: readonly string[] } {
  return {
    version: ort.env.versions.node ?? ort.env.versions.common,
    backends: ort.listSupportedBackends().map((backend) => backend.name),
  };
}
