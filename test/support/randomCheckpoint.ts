// Writes a checkpoint of any size with random weights, streamed to disk.

import fs from 'node:fs';
import path from 'node:path';
import { expectedTensors } from '../../src/model/checkpoint/expectedTensors';
import type { ModelDims, VisionDims } from '../../src/model/checkpoint/modelConfig';

/** Numbers that all tensors draw from: enough that no two look alike to a scale of 32 weights. */
const POOL = 1 << 22;
const SHARD_BYTES = 4_000_000_000;

/** The published vision tower. */
export const CLIP: VisionDims = {
  hidden: 1024,
  layers: 24,
  heads: 16,
  mlp: 4096,
  patch: 14,
  patchesPerSide: 40,
  tile: 560,
  layerNormEps: 1e-5,
};

/** An IXC-2.5-Reward shape; pass what differs from the published 7B model. */
export function dimsOf(given: Partial<ModelDims> = {}): ModelDims {
  return {
    hidden: 4096,
    layers: 32,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    mlp: 14_336,
    vocab: 92_544,
    loraRank: 256,
    rmsEps: 1e-5,
    ropeTheta: 1_000_000,
    ropeFactor: 2,
    maxPositions: 24_576,
    vision: CLIP,
    ...given,
  };
}

/**
 * Weights N(0, 1 / inputs), norms near 1, biases small, in bfloat16 (two bytes) or float32.
 * @returns bytes written
 */
export function writeRandomCheckpoint(
  folder: string,
  dims: ModelDims,
  dtype: 'BF16' | 'F32',
  tokenizer: string,
): number {
  fs.mkdirSync(folder, { recursive: true });
  fs.copyFileSync(tokenizer, path.join(folder, 'tokenizer.model'));
  fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(configOf(dims)));
  const pool = scaledPool(dtype);
  const width = dtype === 'BF16' ? 2 : 4;
  const sizeOf = (shape: readonly number[]): number => width * shape.reduce((a, b) => a * b, 1);
  const shards: { name: string; shape: readonly number[] }[][] = [[]];
  let filled = 0;
  for (const tensor of expectedTensors(dims)) {
    if (filled > SHARD_BYTES) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)?.push(tensor);
    filled += sizeOf(tensor.shape);
  }
  let written = 0;
  let start = 0;
  for (const [n, tensors] of shards.entries()) {
    const name = `model-${String(n + 1).padStart(5, '0')}-of-${String(shards.length).padStart(5, '0')}.safetensors`;
    const file = fs.openSync(path.join(folder, name), 'w');
    const { bytes, end } = headerOf(tensors, dtype);
    fs.writeSync(file, bytes);
    for (const { name: tensor, shape } of tensors) {
      start = (start + 7919) % POOL;
      writeTensor(file, tensor, shape, pool, start);
    }
    fs.closeSync(file);
    written += end;
  }
  return written;
}

/** The same shape with no content: one sparse file of zeros. */
export function writeEmptyCheckpoint(folder: string, dims: ModelDims, tokenizer: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.copyFileSync(tokenizer, path.join(folder, 'tokenizer.model'));
  fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(configOf(dims)));
  const file = path.join(folder, 'model.safetensors');
  const { bytes, end } = headerOf(expectedTensors(dims), 'F32');
  fs.writeFileSync(file, bytes);
  fs.truncateSync(file, bytes.length + end);
}

/** @returns the start of a safetensors file, and how many bytes of data follow it */
function headerOf(
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
  dtype: 'BF16' | 'F32',
): { readonly bytes: Buffer; readonly end: number } {
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const { name, shape } of tensors) {
    const begin = end;
    end += (dtype === 'BF16' ? 2 : 4) * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return { bytes: Buffer.concat([length, json]), end };
}

function configOf(dims: ModelDims): unknown {
  return {
    num_attention_heads: dims.heads,
    num_key_value_heads: dims.kvHeads,
    rms_norm_eps: dims.rmsEps,
    rope_theta: dims.ropeTheta,
    rope_scaling: { type: 'dynamic', factor: dims.ropeFactor },
    max_position_embeddings: dims.maxPositions,
    vision_config: { num_attention_heads: dims.vision?.heads },
    rewardlens_label: 'random',
  };
}

function writeTensor(
  file: number,
  name: string,
  shape: readonly number[],
  pool: ScaledPool,
  start: number,
): void {
  const count = shape.reduce((a, b) => a * b, 1);
  const isNorm = /norm\d?\.weight$/.test(name);
  const inputs = shape.length === 1 || isNorm ? 400 : count / (shape[0] ?? 1);
  // embeddings of unit size; a partial LoRA that matters without drowning its layer
  const scale = name.includes('embedd') ? 0.5 : name.includes('Plora_B') ? 0.3 : 1;
  const deviation = scale / Math.sqrt(name.includes('embedd') ? 1 : inputs);
  const bytes = pool(deviation, isNorm ? 1 : 0);
  const width = bytes.byteLength / POOL;
  let at = start;
  for (let left = count; left > 0;) {
    const size = Math.min(POOL - at, left);
    fs.writeSync(file, bytes, at * width, size * width);
    left -= size;
    at = 0;
  }
}

/** The pool with a deviation and a mean, as bytes of a checkpoint. */
type ScaledPool = (deviation: number, mean: number) => Uint8Array;

function scaledPool(dtype: 'BF16' | 'F32'): ScaledPool {
  const pool = normals();
  const made = new Map<string, Uint8Array>();
  return (deviation, mean) => {
    const key = `${deviation} ${mean}`;
    const known = made.get(key);
    if (known !== undefined) {
      return known;
    }
    const values = pool.map((value) => value * deviation + mean);
    const bytes = dtype === 'F32' ? new Uint8Array(values.buffer) : upperHalves(values);
    made.set(key, bytes);
    return bytes;
  };
}

function upperHalves(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer);
  return new Uint8Array(Uint16Array.from(bits, (word) => word >>> 16).buffer);
}

function normals(): Float32Array {
  let state = 12_345;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / (2 ** 32 + 1);
  };
  return Float32Array.from(
    { length: POOL },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}
