// What ONNX Runtime says when a device fails, as errors with codes.

import { AppError } from '../base/errors';
import { DEVICE_NAMES, type Device } from '../sample/device';

// Words of onnxruntime 1.30: bfc_arena.cc, cuda_call.cc, Dawn's error.cpp, DirectML's HRESULT, libstdc++.
const OUT_OF_MEMORY =
  /out[ _]of[ _](device[ _])?memory|failed to allocate memory|bad_alloc|CUBLAS_STATUS_ALLOC_FAILED|8007000E|exceeds the max (buffer|storage)|(buffer|binding) size.*(exceeds|larger than)|failed to create .*buffer/i;
const NO_HALF_FLOATS = /requires f16|f16 but the device|shader-f16/i;
const LOST = /device (is|was) lost|device removed|887A0005|CUDA_ERROR|no CUDA-capable device/i;
const NO_BACKEND = /backend not found|no available backend/i;

/** @param where file of the graph @param text what the runtime threw */
export function toDeviceError(device: Device, where: string, text: string): AppError {
  const data = { file: where, device };
  const name = DEVICE_NAMES[device];
  if (OUT_OF_MEMORY.test(text)) {
    return new AppError('DEVICE_OUT_OF_MEMORY', `${name}: out of memory (${brief(text)})`, data);
  }
  if (device === 'cpu') {
    return new AppError('RUNTIME_FAILED', `${where}: ${text}`, data);
  }
  if (NO_HALF_FLOATS.test(text)) {
    return new AppError(
      'DEVICE_UNAVAILABLE',
      `${name}: this adapter has no 16-bit floats (shader-f16), which an fp16 model needs: ` +
        'convert with --precision fp32, int8 or int4',
      data,
    );
  }
  if (NO_BACKEND.test(text)) {
    return new AppError(
      'DEVICE_UNAVAILABLE',
      `${name}: not in this build of ONNX Runtime (${process.platform} ${process.arch})`,
      data,
    );
  }
  if (/Failed to get a WebGPU adapter/i.test(text)) {
    return new AppError('DEVICE_UNAVAILABLE', `${name}: no adapter found: no GPU driver`, data);
  }
  const code = LOST.test(text) || /append_?execution_?provider/i.test(text);
  return new AppError(
    code ? 'DEVICE_UNAVAILABLE' : 'RUNTIME_FAILED',
    `${name}: ${where}: ${brief(text)}`,
    data,
  );
}

/** The last words of a native message, without source paths and stack frames. */
function brief(text: string): string {
  const line = text
    .replaceAll(/\/onnxruntime_src\/\S+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > 300 ? `…${line.slice(-300)}` : line;
}

const GIB = 1024 ** 3;

/**
 * Adds to an out-of-memory error what was asked for and what would fit.
 * @param prefixTokens tokens before the candidate; 0 while the model was being loaded
 */
export function explainOutOfMemory(
  error: AppError,
  size: { readonly modelBytes: number; readonly precision: string; readonly prefixTokens: number },
): AppError {
  const { modelBytes, precision, prefixTokens } = size;
  const smaller =
    precision === 'int4' ? [] : [precision === 'int8' ? 'int4 weights' : 'int8 or int4 weights'];
  const fits = [...smaller, ...(prefixTokens > 0 ? ['a smaller hd_num'] : [])];
  const conversation = prefixTokens > 0 ? ` and a prefix of ${prefixTokens} tokens` : '';
  return new AppError(
    'DEVICE_OUT_OF_MEMORY',
    `${error.message}: the model has ${(modelBytes / GIB).toFixed(1)} GiB (${precision})` +
      `${conversation}${fits.length === 0 ? '' : `; ${fits.join(' or ')} would need less`}`,
    { ...error.data, modelBytes, precision, prefixTokens },
    { cause: error },
  );
}
