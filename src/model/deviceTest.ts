// Start-up test of a device: one layer of the model's own decoder and vision tower, against the CPU.

import { AppError } from '../base/errors';
import { DEVICE_NAMES, type Device } from '../sample/device';
import type { VisionDims } from './checkpoint/modelConfig';
import { FINAL_NORM, VISION } from './checkpoint/tensorNames';
import { Decoder, presentNames, releasePrefix, type DecoderRows } from './decoder';
import { readGraph, toSource, type GraphVariant, type GraphVariants } from './graphVariant';
import { GRAPH_NAMES, type Manifest } from './manifest';
import { DECODER_IO } from './onnx/decoderGraph';
import { GraphBuilder } from './onnx/graphBuilder';
import { sliceGraph, SLICE_OUTPUT } from './onnx/graphSlice';
import type { GraphProto } from './onnx/onnxSchema';
import { hasFloatAttention, withPlainAttention } from './onnx/plainAttention';
import {
  floatData,
  floatTensor,
  type GraphSource,
  type OpenSession,
  type Session,
  type SessionOptions,
} from './ortRuntime';

/** Rows of the prefix: several blocks of every kernel, and more than half of them an image. */
const PREFIX_ROWS = 160;
const IMAGE_ROWS = [8, 120] as const;
/** Rows of the tails: kernels choose by length, so a short and a long one. */
const TAIL_ROWS = [7, 48] as const;

/**
 * Largest difference to the CPU that is still rounding, relative to the root mean square of the
 * CPU's values. Wrong kernels were seen at 10⁻¹, right ones at 10⁻⁶ (float32), and at 10⁻³ to 10⁻²
 * where activations have 16 or 8 bits.
 */
export function deviceTolerance(precision: string): number {
  return precision === 'fp32' ? 5e-4 : 3e-2;
}

/** One graph on the device: what was tried, in order, and how far it was from the CPU. */
export interface Trial {
  readonly part: keyof GraphVariants;
  readonly variant: GraphVariant;
  /** relative to the root mean square; infinite when values were not finite */
  readonly difference: number;
  readonly passed: boolean;
}

export interface DeviceTestResult {
  /** the first variants that agree with the CPU */
  readonly variants: GraphVariants;
  readonly trials: readonly Trial[];
  readonly tolerance: number;
}

/**
 * Runs the first layer of the decoder (an image prefix, a short and a long tail) and of the vision
 * tower on the device and on the CPU.
 * @param open opens sessions: tests put a faulty device here
 * @throws AppError `DEVICE_UNAVAILABLE` with the measured differences when no variant agrees, or
 *   what the runtime says when it can't run at all
 */
export async function testDevice(
  folder: string,
  manifest: Manifest,
  device: Device,
  threads: number,
  open: OpenSession,
): Promise<DeviceTestResult> {
  const tolerance = deviceTolerance(manifest.precision);
  const trials: Trial[] = [];
  const choose = async (probe: LayerProbe): Promise<GraphVariant> => {
    const reference = await probe.run(open, 'fused', 'cpu', threads);
    for (const variant of probe.variantsFor(device)) {
      const values = await probe.run(open, variant, device, threads);
      const difference = relativeDifference(reference, values);
      const passed = difference <= tolerance;
      trials.push({ part: probe.part, variant, difference, passed });
      if (passed) {
        return variant;
      }
    }
    const measured = trials
      .filter(({ part }) => part === probe.part)
      .map(({ variant, difference }) => `${variant} attention: ${difference.toExponential(1)}`);
    throw new AppError(
      'DEVICE_UNAVAILABLE',
      `${DEVICE_NAMES[device]}: the ${probe.part} layer of the self-test differs from the CPU ` +
        `(${measured.join(', ')}; at most ${tolerance.toExponential(0)} is rounding)`,
      { device },
    );
  };
  const decoder = await choose(await decoderProbe(folder, manifest));
  const sight = manifest.dims.vision;
  const vision = sight === undefined ? 'fused' : await choose(await visionProbe(folder, sight));
  return { variants: { decoder, vision }, trials, tolerance };
}

/**
 * Runs one addition on the device, so that a device that is not there costs no reading of weights.
 * @throws AppError `DEVICE_UNAVAILABLE`, `DEVICE_OUT_OF_MEMORY` or `RUNTIME_FAILED`
 */
export async function touchDevice(device: Device, open: OpenSession): Promise<void> {
  const g = new GraphBuilder('presence', new Map());
  const x = g.input('x', 'float', [1]);
  g.output('sum', g.op('Add', [x, x]), 'float', [1]);
  const source: GraphSource = { bytes: g.build(), folder: '.', name: 'presence check' };
  await withSession(open, source, device, 1, async (session) => {
    const feeds = { x: floatTensor(Float32Array.of(21), [1]) };
    const [sum] = floatData(await session.run(feeds, ['sum']), 'sum');
    if (sum !== 42) {
      throw new AppError(
        'DEVICE_UNAVAILABLE',
        `${DEVICE_NAMES[device]}: 21 + 21 gave ${sum ?? ''}`,
        {
          device,
        },
      );
    }
  });
}

interface LayerProbe {
  readonly part: keyof GraphVariants;
  variantsFor(device: Device): readonly GraphVariant[];
  run(
    open: OpenSession,
    variant: GraphVariant,
    device: Device,
    threads: number,
  ): Promise<Float32Array>;
}

async function decoderProbe(folder: string, manifest: Manifest): Promise<LayerProbe> {
  const dims = { ...manifest.dims, layers: 1 };
  const whole = await readGraph(folder, GRAPH_NAMES.decoder);
  const weight = manifest.dims.layers > 1 ? 'model.layers.1.attention_norm.weight' : FINAL_NORM;
  const past = [DECODER_IO.pastKey(0), DECODER_IO.pastValue(0)];
  const inputs = new Set([...COMMON_INPUTS, ...past]);
  const layer = sliceGraph(whole, weight, presentNames(1), (name) => inputs.has(name));
  const random = randomNumbers(1);
  const rows = (length: number, imageRuns: DecoderRows['imageRuns'] = []): DecoderRows => ({
    embeds: random(length * dims.hidden),
    length,
    imageRuns,
  });
  const prefix = rows(PREFIX_ROWS, [IMAGE_ROWS]);
  const tails = TAIL_ROWS.map((length) => rows(length));
  return {
    part: 'decoder',
    // the fused kernel of CUDA is for half precision only
    variantsFor: (device) =>
      device === 'cuda' && hasFloatAttention(layer) ? ['plain'] : ['fused', 'plain'],
    run: async (open, variant, device, threads) => {
      const source = variantSource(folder, GRAPH_NAMES.decoder, layer, variant);
      return withSession(open, source, device, threads, async (session) => {
        const decoder = new Decoder(session, dims, variant);
        const first = await decoder.probe(prefix, undefined, SLICE_OUTPUT);
        const parts = [first.values];
        try {
          for (const tail of tails) {
            const { values, state } = await decoder.probe(tail, first.state, SLICE_OUTPUT);
            releasePrefix(state);
            parts.push(values);
          }
        } finally {
          releasePrefix(first.state);
        }
        return concatenate(parts);
      });
    },
  };
}

const COMMON_INPUTS = [
  DECODER_IO.embeds,
  DECODER_IO.imageRows,
  DECODER_IO.scoredRows,
  DECODER_IO.scoredImageRows,
  DECODER_IO.lastPosition,
  DECODER_IO.totalLength,
  DECODER_IO.cos,
  DECODER_IO.sin,
];

async function visionProbe(folder: string, { tile, layers }: VisionDims): Promise<LayerProbe> {
  const whole = await readGraph(folder, GRAPH_NAMES.vision);
  const weight = `${VISION}encoder.layers.${layers > 1 ? 1 : 0}.layer_norm${layers > 1 ? 1 : 2}.weight`;
  const layer = sliceGraph(whole, weight, [], () => true);
  const pixels = floatTensor(randomNumbers(2)(3 * tile * tile), [1, 3, tile, tile]);
  return {
    part: 'vision',
    variantsFor: () => ['fused', 'plain'],
    run: async (open, variant, device, threads) => {
      const source = variantSource(folder, GRAPH_NAMES.vision, layer, variant);
      return withSession(open, source, device, threads, async (session) =>
        floatData(await session.run({ pixels }, [SLICE_OUTPUT]), SLICE_OUTPUT),
      );
    },
  };
}

function variantSource(
  folder: string,
  name: string,
  layer: GraphProto,
  variant: GraphVariant,
): GraphSource {
  const graph = variant === 'fused' ? layer : withPlainAttention(layer);
  return toSource(folder, `${name} (first layer, ${variant})`, graph);
}

async function withSession<T>(
  open: OpenSession,
  source: GraphSource,
  device: Device,
  threads: number,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const options: SessionOptions = { threads, device, stayOnDevice: presentNamesOf(source) };
  const session = await open(source, options);
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

function presentNamesOf(source: GraphSource): readonly string[] {
  return typeof source !== 'string' && source.name.startsWith(GRAPH_NAMES.decoder)
    ? presentNames(1)
    : [];
}

/** Largest absolute difference over the reference's root mean square. */
export function relativeDifference(reference: Float32Array, values: Float32Array): number {
  let largest = reference.length === values.length ? 0 : Infinity;
  let squares = 0;
  for (const [n, expected] of reference.entries()) {
    const difference = Math.abs((values[n] ?? NaN) - expected);
    largest = difference <= largest ? largest : Number.isNaN(difference) ? Infinity : difference;
    squares += expected * expected;
  }
  return largest / Math.sqrt(squares / reference.length);
}

/** Numbers of mean 0 and variance 1, the same ones in every run (xorshift32; sums of four). */
function randomNumbers(seed: number): (count: number) => Float32Array {
  let state = seed;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32 - 0.5;
  };
  const next = (): number => Math.sqrt(3) * (uniform() + uniform() + uniform() + uniform());
  return (count) => Float32Array.from({ length: count }, next);
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
