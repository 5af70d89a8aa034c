// What the runtime and the system's loader say about devices, and what we make of it.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CUDA_LIBRARIES, CudaProvider, explainLoaderError } from '../../../src/model/cudaProvider';
import { explainOutOfMemory, toDeviceError } from '../../../src/model/deviceFault';
import { tempFolder } from '../../support/paths';

test.each([
  ['cuda', 'CUDA error: out of memory', 'DEVICE_OUT_OF_MEMORY'],
  [
    'cuda',
    '/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 1073741824',
    'DEVICE_OUT_OF_MEMORY',
  ],
  [
    'webgpu',
    'Buffer size (6442450944) exceeds the max buffer size limit (4294967296).',
    'DEVICE_OUT_OF_MEMORY',
  ],
  ['webgpu', 'VK_ERROR_OUT_OF_DEVICE_MEMORY', 'DEVICE_OUT_OF_MEMORY'],
  ['cpu', 'std::bad_alloc', 'DEVICE_OUT_OF_MEMORY'],
  ['dml', 'DmlExecutionProvider 8007000E Not enough memory resources', 'DEVICE_OUT_OF_MEMORY'],
  ['webgpu', 'Program X requires f16 but the device does not support it.', 'DEVICE_UNAVAILABLE'],
  ['webgpu', 'Failed to get a WebGPU adapter: No supported adapters', 'DEVICE_UNAVAILABLE'],
  ['dml', 'no available backend found. ERR: [dml] backend not found.', 'DEVICE_UNAVAILABLE'],
  ['cuda', 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed', 'DEVICE_UNAVAILABLE'],
  ['cpu', 'Invalid rank for input', 'RUNTIME_FAILED'],
] as const)('%s: "%s" is %s', (device, text, code) => {
  expect(toDeviceError(device, 'decoder.onnx', text)).toMatchObject({ code, data: { device } });
});

test('out of memory names sizes and what would fit, and nothing that would not', () => {
  const error = toDeviceError('cuda', 'decoder.onnx', 'CUDA error: out of memory');
  const size = { modelBytes: 29 * 1024 ** 3, precision: 'fp32', prefixTokens: 4500 };
  expect(explainOutOfMemory(error, size)).toMatchObject({
    code: 'DEVICE_OUT_OF_MEMORY',
    message: expect.stringMatching(
      /29\.0 GiB \(fp32\) and a prefix of 4500 tokens; int8 or int4 weights or a smaller hd_num/,
    ) as string,
    data: size,
  });
  const small = { ...size, precision: 'int4', prefixTokens: 0 };
  expect(explainOutOfMemory(error, small).message).not.toMatch(/would need less/);
});

test.each([
  [
    'libcudnn.so.9: cannot open shared object file: No such file or directory',
    'libcudnn.so.9 is missing: it comes with cuDNN 9; the loader looks in LD_LIBRARY_PATH, too',
  ],
  [
    'Error: libcublasLt.so.12: cannot open shared object file: No such file or directory',
    'libcublasLt.so.12 is missing: it comes with CUDA 12; the loader looks in LD_LIBRARY_PATH, too',
  ],
  [
    'libcuda.so.1: cannot open shared object file: No such file or directory',
    'libcuda.so.1 is missing: it comes with the NVIDIA driver; the loader looks in LD_LIBRARY_PATH, too',
  ],
  ['libz.so.7: cannot open shared object file: x', 'libz.so.7 is missing'],
  ['x.so: invalid ELF header', 'x.so: invalid ELF header'],
  ["Module did not self-register: '/a/b.so'.", undefined],
])('the loader: %s', (message, expected) => {
  expect(explainLoaderError(message)).toBe(expected);
});

function provider(load: (file: string) => void, files: readonly string[] = CUDA_LIBRARIES) {
  const folder = tempFolder();
  for (const name of files) {
    fs.writeFileSync(path.join(folder, name), 'not a library');
  }
  return new CudaProvider(folder, 'linux x64', load);
}

test('CUDA: each missing piece is named', async () => {
  const nothing = (): void => undefined;
  expect(await provider(nothing, []).missing()).toContain('libonnxruntime_providers_shared.so is');
  expect(await provider(nothing, CUDA_LIBRARIES.slice(0, 1)).missing()).toContain(
    'libonnxruntime_providers_cuda.so is not in',
  );
  expect(await provider(nothing).missing()).toBeUndefined();
  expect(await new CudaProvider('/', 'darwin arm64', nothing).missing()).toContain(
    'linux x64 only',
  );
});

test('CUDA: the words are those of the system’s own loader', () => {
  // Node loads a library the way the engine does, and says what the loader says
  const real = provider((file) => process.dlopen({ exports: {} }, file));
  expect(real.loaderFault()).toMatch(/libonnxruntime_providers_shared\.so can't be loaded: .+/);
});
