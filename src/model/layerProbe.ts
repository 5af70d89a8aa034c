// One layer of a model's graph on made-up input, in any form, on any device: what the self-test compares.

import type { Device } from '../sample/device';
import type { VisionDims } from './checkpoint/modelConfig';
import { FINAL_NORM, VISION } from './checkpoint/tensorNames';
import { Decoder, presentNames } from './decoder';
import type { DecoderRows } from './decoderRows';
import { readGraph, toSource, toVariant, type GraphVariants } from './graphVariant';
import { GRAPH_NAMES, type Manifest } from './manifest';
import { DECODER_IO } from './onnx/decoderGraph';
import { sliceGraph, SLICE_OUTPUT } from './onnx/graphSlice';
import type { GraphProto } from './onnx/onnxSchema';
import { hasFloatAttention } from './onnx/plainAttention';
import {
  floatData,
  floatTensor,
  type GraphSource,
  type OpenSession,
  type Session,
  type SessionOptions,
} from './ortRuntime';
import { PackedDecoder } from './packedDecoder';
import { releasePrefix, REWARD } from './tailScorer';

/**
 * Kernels choose by length (CUDA's fused attention takes float32 from 256 rows), so a long and a
 * short prefix. The long one is several blocks of every kernel, and more than half of it an image.
 */
const LONG_PREFIX_ROWS = 300;
const IMAGE_ROWS = [8, 200] as const;
const SHORT_PREFIX_ROWS = 40;
const TAIL_ROWS = [7, 48] as const;

/** A layer, and the forms in which a device may run it, the best first. */
export interface LayerProbe<Part extends keyof GraphVariants = keyof GraphVariants> {
  readonly part: Part;
  variantsFor(device: Device): readonly GraphVariants[Part][];
  /** @returns the same numbers in every form, save for rounding */
  run(
    open: OpenSession,
    variant: GraphVariants[Part],
    device: Device,
    threads: number,
  ): Promise<Float32Array>;
}

/** A prefix and what follows it. */
interface Conversations {
  readonly prefix: DecoderRows;
  readonly tails: readonly DecoderRows[];
}

/** The first layer of the decoder: an image prefix with a short and a long tail, and a single row. */
export async function decoderProbe(
  folder: string,
  manifest: Manifest,
): Promise<LayerProbe<'decoder'>> {
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
  const cases: readonly Conversations[] = [
    {
      prefix: rows(LONG_PREFIX_ROWS, [IMAGE_ROWS]),
      tails: TAIL_ROWS.map((length) => rows(length)),
    },
    { prefix: rows(SHORT_PREFIX_ROWS), tails: [rows(1)] },
  ];
  return {
    part: 'decoder',
    variantsFor: (device) => decoderVariants(device, hasFloatAttention(layer)),
    run: async (open, variant, device, threads) => {
      const graph = toVariant(layer, variant, device);
      const source = layerSource(folder, GRAPH_NAMES.decoder, graph, variant);
      const stayOnDevice = graph.output
        .map(({ name }) => name)
        .filter((name) => name !== SLICE_OUTPUT);
      return withSession(open, source, { device, threads, stayOnDevice }, async (session) => {
        const parts: Float32Array[] = [];
        for (const { prefix, tails } of cases) {
          parts.push(
            ...(variant === 'packed'
              ? [await new PackedDecoder(session, dims, REWARD).probe(prefix, tails, SLICE_OUTPUT)]
              : await probeDivided(new Decoder(session, dims, REWARD, variant), prefix, tails)),
          );
        }
        return concatenate(parts);
      });
    },
  };
}

/** Keys and values leave CUDA and DirectML between runs; CUDA's fused kernel is for half precision. */
function decoderVariants(device: Device, isFloat: boolean): readonly GraphVariants['decoder'][] {
  switch (device) {
    case 'cuda':
      return isFloat ? ['packed', 'plain'] : ['packed', 'fused', 'plain'];
    case 'dml':
      return ['packed', 'fused', 'plain'];
    default:
      return ['fused', 'plain'];
  }
}

async function probeDivided(
  decoder: Decoder,
  prefix: DecoderRows,
  tails: readonly DecoderRows[],
): Promise<readonly Float32Array[]> {
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
  return parts;
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

/** The first layer of the vision tower on one tile. */
export async function visionProbe(
  folder: string,
  { tile, layers }: VisionDims,
): Promise<LayerProbe<'vision'>> {
  const whole = await readGraph(folder, GRAPH_NAMES.vision);
  const weight = `${VISION}encoder.layers.${layers > 1 ? 1 : 0}.layer_norm${layers > 1 ? 1 : 2}.weight`;
  const layer = sliceGraph(whole, weight, [], () => true);
  const pixels = floatTensor(randomNumbers(2)(3 * tile * tile), [1, 3, tile, tile]);
  return {
    part: 'vision',
    variantsFor: () => ['fused', 'plain'],
    run: async (open, variant, device, threads) => {
      const graph = toVariant(layer, variant, device);
      const source = layerSource(folder, GRAPH_NAMES.vision, graph, variant);
      return withSession(open, source, { device, threads }, async (session) =>
        floatData(await session.run({ pixels }, [SLICE_OUTPUT]), SLICE_OUTPUT),
      );
    },
  };
}

function layerSource(
  folder: string,
  name: string,
  graph: GraphProto,
  variant: GraphVariants['decoder'],
): GraphSource {
  return toSource(folder, `${name} (first layer, ${variant})`, graph);
}

/** Opens a session for one use. */
export async function withSession<T>(
  open: OpenSession,
  source: GraphSource,
  options: SessionOptions,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await open(source, options);
  try {
    return await use(session);
  } finally {
    await session.release();
  }
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
