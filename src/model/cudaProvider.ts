// ONNX Runtime's CUDA provider: libraries beside the runtime, with NVIDIA's libraries behind them.

import { fileSizeBytes, joinPath } from '../node/folder';

/** What the runtime looks for beside itself; the package Microsoft.ML.OnnxRuntime.Gpu.Linux has them. */
export const CUDA_LIBRARIES = [
  'libonnxruntime_providers_shared.so',
  'libonnxruntime_providers_cuda.so',
] as const;

/** The only system for which the Node package of the runtime knows CUDA. */
export const CUDA_PLATFORM = 'linux x64';

/** Where the runtime's libraries lie in its package. */
export function runtimeFolder(packageFolder: string): string {
  return joinPath(packageFolder, 'bin', 'napi-v6', process.platform, process.arch);
}

/** Where a library comes from, by the start of its name. */
const ORIGINS: readonly (readonly [RegExp, string])[] = [
  [/^libonnxruntime_providers/, '“RewardLens: Add CUDA Support”'],
  [/^libcudnn/, 'cuDNN 9'],
  [/^libcuda\.so/, 'the NVIDIA driver'],
  [/^lib(cudart|cublas|cublasLt|cufft|curand|nvrtc|nvJitLink|cusparse|cusolver)\b/, 'CUDA 12'],
];

/** Loads a shared library, or throws what the system's loader says. */
export type LoadLibrary = (path: string) => void;

export class CudaProvider {
  /** @param folder where the runtime's libraries lie @param platform `linux x64` */
  constructor(
    readonly folder: string,
    readonly platform: string,
    readonly load: LoadLibrary,
  ) {}

  /** Why there is no point in trying; `undefined` when the provider is in its place. */
  async missing(): Promise<string | undefined> {
    if (this.platform !== CUDA_PLATFORM) {
      return `CUDA: ONNX Runtime for Node has it on ${CUDA_PLATFORM} only, this is ${this.platform}`;
    }
    for (const name of CUDA_LIBRARIES) {
      if ((await fileSizeBytes(joinPath(this.folder, name))) === undefined) {
        return `CUDA: ${name} is not in ${this.folder}: “RewardLens: Add CUDA Support” puts it there`;
      }
    }
    return undefined;
  }

  /**
   * Which library behind the provider is missing, once the runtime could not load it (the runtime
   * only says that it could not); `undefined` when the loader has no complaint.
   */
  loaderFault(): string | undefined {
    for (const name of CUDA_LIBRARIES) {
      try {
        this.load(joinPath(this.folder, name));
      } catch (error) {
        const fault = explainLoaderError(error instanceof Error ? error.message : String(error));
        if (fault !== undefined) {
          return `CUDA: ${name} can't be loaded: ${fault}`;
        }
      }
    }
    return undefined;
  }
}

/**
 * What a message of the system's loader means. `undefined` when the library was loaded, or only
 * lacks a symbol that the runtime gives it.
 */
export function explainLoaderError(message: string): string | undefined {
  if (/did not self-register|undefined symbol/i.test(message)) {
    return undefined;
  }
  const missing = /(?:^|[\s:])(lib[\w.+-]+): cannot open shared object file/.exec(message)?.[1];
  if (missing === undefined) {
    return message;
  }
  const origin = ORIGINS.find(([name]) => name.test(missing))?.[1];
  return origin === undefined
    ? `${missing} is missing`
    : `${missing} is missing: it comes with ${origin}; the loader looks in LD_LIBRARY_PATH, too`;
}
