// The graphs of a model folder, as they are or with another form of attention.

import { AppError, errorText } from '../base/errors';
import { joinPath } from '../node/folder';
import { readSmallFile } from '../node/smallFile';
import type { Device } from '../sample/device';
import { GRAPH_NAMES } from './manifest';
import { withGroupedTails } from './onnx/groupedTails';
import { decodeModel, encodeModel, type GraphProto } from './onnx/onnxSchema';
import { withPackedAttention } from './onnx/packedAttention';
import { withPlainAttention } from './onnx/plainAttention';
import { withFeatures } from './onnx/scoreHead';
import { withTurnedWeights } from './onnx/turnedWeights';
import type { GraphSource } from './ortRuntime';

/**
 * `fused`: attention in one operator of the runtime. `plain`: in matrix products. `packed`, of the
 * decoder: prefix and tails in one run, so that no keys and values leave the device. `grouped`, of the
 * decoder on the CPU: fused, and several tails of a prefix in one run.
 */
export type GraphVariant = 'fused' | 'plain' | 'packed' | 'grouped';

/** The variant of each graph that has attention. */
export interface GraphVariants {
  readonly vision: 'fused' | 'plain';
  readonly decoder: Exclude<GraphVariant, 'grouped'>;
}

export const FUSED: GraphVariants = { vision: 'fused', decoder: 'fused' };

// Weights lie outside: the graph of 512 layers stays below this.
const MAX_GRAPH_BYTES = 64 * 1024 * 1024;

/** @throws AppError `MODEL_INVALID` when the file is no graph */
export async function readGraph(folder: string, name: string): Promise<GraphProto> {
  const bytes = await readSmallFile(joinPath(folder, name), MAX_GRAPH_BYTES);
  try {
    return decodeModel(bytes);
  } catch (error) {
    throw new AppError('MODEL_INVALID', `${folder}: ${name}: ${errorText(error)}`, { folder });
  }
}

/** What to load for a graph of the folder. The fused form is the file itself, save for WebGPU. */
export async function graphSource(
  folder: string,
  name: string,
  variant: GraphVariants['vision'],
  device: Device,
): Promise<GraphSource> {
  return variant === 'fused' && device !== 'webgpu'
    ? joinPath(folder, name)
    : toSource(folder, name, toVariant(await readGraph(folder, name), variant, device));
}

/**
 * What to load for the decoder, which gives the features of its score head beside the rewards.
 * @throws AppError `MODEL_INVALID`
 */
export async function decoderSource(
  folder: string,
  variant: GraphVariant,
  device: Device,
): Promise<GraphSource> {
  const name = GRAPH_NAMES.decoder;
  const graph = toVariant(await readGraph(folder, name), variant, device);
  try {
    return toSource(folder, name, withFeatures(graph));
  } catch (error) {
    throw new AppError('MODEL_INVALID', `${folder}: ${name}: ${errorText(error)}`, { folder });
  }
}

/** A graph in the form that a device runs. */
export function toVariant(graph: GraphProto, variant: GraphVariant, device: Device): GraphProto {
  const attended = withAttention(graph, variant, device);
  return device === 'webgpu' ? withTurnedWeights(attended) : attended;
}

function withAttention(graph: GraphProto, variant: GraphVariant, device: Device): GraphProto {
  switch (variant) {
    case 'fused':
      return graph;
    case 'plain':
      return withPlainAttention(graph);
    case 'grouped':
      return withGroupedTails(graph);
    case 'packed':
      return withPackedAttention(
        graph,
        device === 'cuda' ? 'MultiHeadAttention' : 'GroupQueryAttention',
      );
  }
}

/** A graph that is no file, over the weights of the folder. */
export function toSource(folder: string, name: string, graph: GraphProto): GraphSource {
  return { bytes: encodeModel(graph), folder, name };
}
