// The only file that touches ONNX Runtime: sessions over graphs, on any device.

import * as ort from 'onnxruntime-node';
import { errorText, AppError } from '../base/errors';
import type { Device } from '../sample/device';
import { toDeviceError } from './deviceFault';

export type OrtTensor = ort.Tensor;
export type Feeds = Readonly<Record<string, OrtTensor>>;

/** Outputs wanted: in a tensor that is there already, or (null) in one of the runtime's. */
export type Fetches = Readonly<Record<string, OrtTensor | null>>;

/** A loaded graph. `run` blocks its thread: use it in the engine process only. */
export interface Session {
  /**
   * @param fetches names of the outputs wanted, or tensors that take them (on the CPU only)
   * @throws AppError `RUNTIME_FAILED`, `DEVICE_UNAVAILABLE` or `DEVICE_OUT_OF_MEMORY`
   */
  run(
    feeds: Feeds,
    fetches: readonly string[] | Fetches,
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  /** threads inside one operator; 0 lets the runtime choose */
  readonly threads: number;
  /** the CPU when left out */
  readonly device?: Device;
  /** outputs that only other runs read: they stay in the device's memory where it can keep them */
  readonly stayOnDevice?: readonly string[];
}

/** A graph file, or the bytes of a graph whose weights lie in `folder`. */
export type GraphSource =
  string | { readonly bytes: Uint8Array; readonly folder: string; readonly name: string };

export type OpenSession = (source: GraphSource, options: SessionOptions) => Promise<Session>;

/**
 * Loads a graph; its external data are found relative to its folder.
 * @throws AppError `RUNTIME_FAILED`, `DEVICE_UNAVAILABLE` or `DEVICE_OUT_OF_MEMORY`
 */
export async function openSession(source: GraphSource, options: SessionOptions): Promise<Session> {
  const device = options.device ?? 'cpu';
  const where = typeof source === 'string' ? source : `${source.folder}: ${source.name}`;
  const fail = (error: unknown): never => {
    throw toDeviceError(device, where, errorText(error));
  };
  const session = await create(source, toRuntimeOptions(options, device)).catch(fail);
  const run = keepsTensors(options) ? runWhole : runWanted;
  return {
    run: (feeds, fetches) => run(session, feeds, fetches).catch(fail),
    release: () => session.release(),
  };
}

type Outputs = Readonly<Record<string, OrtTensor>>;

function runWanted(
  session: ort.InferenceSession,
  feeds: Feeds,
  fetches: readonly string[] | Fetches,
): Promise<Outputs> {
  return session.run(feeds, fetches);
}

/**
 * A session that keeps outputs on the device binds them anew in each run only where they are
 * fetched: the others stay bound to the tensors of an earlier run, and the run fails on their shape.
 * So all are fetched, and what nobody wants is given back.
 */
async function runWhole(
  session: ort.InferenceSession,
  feeds: Feeds,
  fetches: readonly string[] | Fetches,
): Promise<Outputs> {
  const names = Array.isArray(fetches) ? (fetches as readonly string[]) : Object.keys(fetches);
  const outputs = Object.entries(await session.run(feeds));
  const wanted = outputs.filter(([name]) => names.includes(name));
  disposeTensors(Object.fromEntries(outputs.filter(([name]) => !names.includes(name))));
  return Object.fromEntries(wanted);
}

/** Tensors in device memory: the binding knows them for WebGPU only. */
function keepsTensors({ device, stayOnDevice = [] }: SessionOptions): boolean {
  return device === 'webgpu' && stayOnDevice.length > 0;
}

function toRuntimeOptions(
  options: SessionOptions,
  device: Device,
): ort.InferenceSession.SessionOptions {
  const { threads, stayOnDevice = [] } = options;
  if (device === 'cuda') {
    // float32 means float32: TensorFloat-32 would round products to 10 bits
    process.env.NVIDIA_TF32_OVERRIDE = '0';
  }
  // all else is left at its defaults: a thread per core, spinning, arena, memory pattern, all graph
  // optimisations and packed weights are the fastest, each by measurement (test/bench/options)
  return {
    executionProviders: [device],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    ...(keepsTensors(options)
      ? {
          preferredOutputLocation: Object.fromEntries(
            stayOnDevice.map((name) => [name, 'gpu-buffer'] as const),
          ),
        }
      : {}),
  };
}

function create(
  source: GraphSource,
  options: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  return typeof source === 'string'
    ? ort.InferenceSession.create(source, options)
    : ort.InferenceSession.create(source.bytes, {
        ...options,
        extra: { session: { model_external_initializers_file_folder_path: source.folder } },
      });
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
  const tensor = outputs[name];
  // reading a tensor that lies in device memory ends the process
  const data = tensor?.location === 'gpu-buffer' ? undefined : tensor?.data;
  if (!(data instanceof Float32Array)) {
    throw new AppError('RUNTIME_FAILED', `the graph gave no float output ${name}`);
  }
  return data;
}

/** Gives the device memory of tensors back; those in ordinary memory need nothing. */
export function disposeTensors(tensors: Feeds): void {
  for (const tensor of Object.values(tensors)) {
    if (tensor.location === 'gpu-buffer') {
      tensor.dispose();
    }
  }
}

/** Version and what this build of the runtime can run on. */
export function runtimeFacts(): { readonly version: string; readonly backends: readonly string[] } {
  return {
    version: ort.env.versions.node ?? ort.env.versions.common,
    backends: ort.listSupportedBackends().map((backend) => backend.name),
  };
}
