// The language model with its score head as one ONNX graph that serves prefixes, tails and whole conversations.

import type { ModelDims } from '../checkpoint/modelConfig';
import { scoreHead } from '../checkpoint/expectedTensors';
import { FINAL_NORM, type DecoderLinear } from '../checkpoint/tensorNames';
import { GraphBuilder, type Value } from './graphBuilder';
import type { WeightMap } from './weightLocation';

/**
 * Names of the graph's inputs and outputs. Sizes: S new positions, P past positions, T = P + S,
 * R image rows among the new ones, K scored positions, D hidden size.
 */
export const DECODER_IO = {
  /** [S, D] float32 */
  embeds: 'embeds',
  /** [R, 1] int64: rows of `embeds` that are image tokens; partial LoRA works on them only */
  imageRows: 'image_rows',
  /** [K] int64: rows whose reward is wanted; K may be 0 */
  scoredRows: 'scored_rows',
  /** [·, 1] int64: positions in `scored_rows` whose row is an image token */
  scoredImageRows: 'scored_image_rows',
  /** [1] int32: T − 1 */
  lastPosition: 'last_position',
  /** [] int32: T */
  totalLength: 'total_length',
  /** [≥ T, head width / 2] float32 */
  cos: 'cos',
  sin: 'sin',
  /** [K] float32 */
  rewards: 'rewards',
  /** [1, kv heads, P, head width] float32; `present` is T long */
  pastKey: (layer: number) => `past_key_${layer}`,
  pastValue: (layer: number) => `past_value_${layer}`,
  presentKey: (layer: number) => `present_key_${layer}`,
  presentValue: (layer: number) => `present_value_${layer}`,
} as const;

/**
 * Builds the decoder (reference: InternLM-XComposer modeling_internlm2.py and build_mlp.py).
 * There is no language-model head, and after the last layer's attention only the scored positions
 * go on.
 */
export function buildDecoderGraph(dims: ModelDims, weights: WeightMap): Uint8Array {
  const g = new GraphBuilder('decoder', weights);
  const embeds = g.input(DECODER_IO.embeds, 'float', ['S', dims.hidden]);
  const imageRows = g.input(DECODER_IO.imageRows, 'int64', ['R', 1]);
  const scoredRows = g.input(DECODER_IO.scoredRows, 'int64', ['K']);
  const scoredImageRows = g.input(DECODER_IO.scoredImageRows, 'int64', ['KR', 1]);
  const shared = {
    lastPosition: g.input(DECODER_IO.lastPosition, 'int32', [1]),
    totalLength: g.input(DECODER_IO.totalLength, 'int32', []),
    cos: g.input(DECODER_IO.cos, 'float', ['positions', dims.headDim / 2]),
    sin: g.input(DECODER_IO.sin, 'float', ['positions', dims.headDim / 2]),
  };
  let x: Value = embeds;
  let pending: Value | undefined;
  let rows = imageRows;
  for (let n = 0; n < dims.layers; n += 1) {
    const at = `model.layers.${n}.`;
    const before = norm(g, dims, `${at}attention_norm.weight`, x, pending);
    let attended = attention(g, dims, n, before.normed, rows, shared);
    let residual = before.sum;
    if (n === dims.layers - 1) {
      // nothing after this mixes positions: go on with the scored ones only
      attended = g.op('Gather', [attended, scoredRows], { ints: { axis: 0 } });
      residual = g.op('Gather', [residual, scoredRows], { ints: { axis: 0 } });
      rows = scoredImageRows;
    }
    const projected = linear(g, dims, attended, at, 'attention.wo', rows);
    const middle = norm(g, dims, `${at}ffn_norm.weight`, residual, projected);
    pending = feedForward(g, dims, middle.normed, at, rows);
    x = middle.sum;
  }
  const last = norm(g, dims, FINAL_NORM, x, pending).normed;
  const rewards = g.linear(last, scoreHead(dims));
  g.output(DECODER_IO.rewards, g.reshape(rewards, [-1]), 'float', ['K']);
  return g.build();
}

/** RMSNorm of `x`, or of `x + skip`, which is also the new residual stream. */
function norm(
  g: GraphBuilder,
  dims: ModelDims,
  weight: string,
  x: Value,
  skip: Value | undefined,
): { readonly normed: Value; readonly sum: Value } {
  const gamma = g.weight(weight);
  const floats = { epsilon: dims.rmsEps };
  if (skip === undefined) {
    return {
      normed: g.op('SimplifiedLayerNormalization', [x, gamma], { floats, ints: { axis: -1 } }),
      sum: x,
    };
  }
  const outputs = g.ops('SkipSimplifiedLayerNormalization', [x, skip, gamma], 4, {
    floats,
    contrib: true,
  });
  return { normed: outputs[0] ?? '', sum: outputs[3] ?? '' };
}

interface SharedInputs {
  readonly lastPosition: Value;
  readonly totalLength: Value;
  readonly cos: Value;
  readonly sin: Value;
}

/**
 * Grouped-query attention over past and new positions; returns [S, heads · head width].
 * wqkv's rows come in one block per key/value head: its query heads, then its key, then its value.
 */
function attention(
  g: GraphBuilder,
  dims: ModelDims,
  layer: number,
  x: Value,
  imageRows: Value,
  shared: SharedInputs,
): Value {
  const { kvHeads, headDim } = dims;
  const perGroup = dims.heads / kvHeads;
  const qkv = linear(g, dims, x, `model.layers.${layer}.`, 'attention.wqkv', imageRows);
  // sizes are kept (0) instead of worked out anew (−1): where the runtime knows that two values are of
  // one size it works in place
  const grouped = g.reshape(qkv, [0, kvHeads, perGroup + 2, headDim]);
  const [q, k, v] = g.ops('Split', [grouped, g.int64([perGroup, 1, 1])], 3, { ints: { axis: 2 } });
  const kvShape = [1, kvHeads, 'P', headDim];
  const outputs = g.ops(
    'GroupQueryAttention',
    [
      batchOfOne(g, q ?? '', dims.heads * headDim),
      batchOfOne(g, k ?? '', kvHeads * headDim),
      batchOfOne(g, v ?? '', kvHeads * headDim),
      g.input(DECODER_IO.pastKey(layer), 'float', kvShape),
      g.input(DECODER_IO.pastValue(layer), 'float', kvShape),
      shared.lastPosition,
      shared.totalLength,
      shared.cos,
      shared.sin,
    ],
    3,
    {
      ints: { num_heads: dims.heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0 },
      contrib: true,
    },
  );
  const presentShape = [1, kvHeads, 'T', headDim];
  g.output(DECODER_IO.presentKey(layer), outputs[1] ?? '', 'float', presentShape);
  g.output(DECODER_IO.presentValue(layer), outputs[2] ?? '', 'float', presentShape);
  return g.op('Squeeze', [outputs[0] ?? '', g.int64([0])]);
}

/** [S, …] → [1, S, width] */
function batchOfOne(g: GraphBuilder, rows: Value, width: number): Value {
  return g.op('Unsqueeze', [g.reshape(rows, [0, width]), g.int64([0])]);
}

/** w2(silu(w1 x) · w3 x) */
function feedForward(
  g: GraphBuilder,
  dims: ModelDims,
  x: Value,
  at: string,
  imageRows: Value,
): Value {
  const gate = linear(g, dims, x, at, 'feed_forward.w1', imageRows);
  const silu = g.op('QuickGelu', [gate], { floats: { alpha: 1 }, contrib: true });
  const up = linear(g, dims, x, at, 'feed_forward.w3', imageRows);
  return linear(g, dims, g.op('Mul', [silu, up]), at, 'feed_forward.w2', imageRows);
}

/** W·x, plus B(A·x) on image rows only (partial LoRA; its scaling is 1) where the model has one. */
function linear(
  g: GraphBuilder,
  dims: ModelDims,
  x: Value,
  at: string,
  name: DecoderLinear,
  imageRows: Value,
): Value {
  const product = g.linear(x, `${at}${name}.weight`);
  if (dims.loraRank === 0) {
    return product;
  }
  const gathered = g.op('GatherND', [x, imageRows]);
  const low = g.linear(gathered, `${at}${name}.Plora_A.weight`);
  const delta = g.linear(low, `${at}${name}.Plora_B.weight`);
  return g.op('ScatterND', [product, imageRows, delta], { strings: { reduction: 'add' } });
}
