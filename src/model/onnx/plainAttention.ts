// Rewrites the fused attention of a graph into plain matrix products, for devices whose fused kernels fail.

import {
  hide,
  inputOf,
  intAttribute,
  outputOf,
  range,
  replaceNodes,
  rotate,
  scale,
  shapeOf,
  sizeOf,
  splitHeads,
  type RotaryRows,
} from './attentionParts';
import { DECODER_IO } from './decoderGraph';
import type { GraphBuilder, Value } from './graphBuilder';
import { ELEMENT_TYPE, type GraphProto, type NodeProto } from './onnxSchema';

/**
 * The same graph with every `GroupQueryAttention` and `MultiHeadAttention` spelled out: rotary
 * embedding, key/value concatenation, scores, causal mask, softmax, weighted sum (reference:
 * onnxruntime/docs/ContribOperators.md). Inputs, outputs and weights stay as they are, so it serves
 * the same files; scores need heads · S · T · 4 bytes where the fused form needs none.
 */
export function withPlainAttention(graph: GraphProto): GraphProto {
  let causal: CausalInputs | undefined;
  return replaceNodes(graph, 'plain_', (g, node) => {
    if (node.opType === 'GroupQueryAttention') {
      causal ??= causalInputs(g, node);
      groupedAttention(g, node, causal);
      return true;
    }
    if (node.opType === 'MultiHeadAttention') {
      fullAttention(g, node);
      return true;
    }
    return false;
  });
}

/** What all layers share. */
interface CausalInputs extends RotaryRows {
  /** [S, T] bool: true where a new position may look */
  readonly visible: Value;
}

function causalInputs(g: GraphBuilder, node: NodeProto): CausalInputs {
  const query = inputOf(node, 0);
  const lengths = g.op('Cast', [inputOf(node, 6)], { ints: { to: ELEMENT_TYPE.int64 } });
  const total = g.reshape(lengths, [1]);
  const past = g.op('Sub', [total, sizeOf(g, query, 1)]);
  const rows = (table: Value): Value =>
    g.op('Unsqueeze', [g.op('Slice', [table, past, total, g.int64([0])]), g.int64([1])]);
  const visible = g.op('LessOrEqual', [
    g.reshape(range(g, g.int64([0]), total), [1, -1]),
    g.reshape(range(g, past, total), [-1, 1]),
  ]);
  return { cos: rows(inputOf(node, 7)), sin: rows(inputOf(node, 8)), visible };
}

/**
 * query [1, S, heads·d], key and value [1, S, kv·d], past [1, kv, P, d] → [1, S, heads·d] and
 * present [1, kv, T, d]. The query heads of a group share a key head, so their rows are stacked
 * under it and nothing is repeated.
 */
function groupedAttention(g: GraphBuilder, node: NodeProto, causal: CausalInputs): void {
  const heads = intAttribute(node, 'num_heads');
  const kvHeads = intAttribute(node, 'kv_num_heads');
  const perGroup = heads / kvHeads;
  const [pastKey, pastValue] = [inputOf(node, 3), inputOf(node, 4)];
  const query = rotate(g, splitHeads(g, inputOf(node, 0), heads), causal);
  const newKey = rotate(g, splitHeads(g, inputOf(node, 1), kvHeads), causal);
  const newValue = splitHeads(g, inputOf(node, 2), kvHeads);
  const extended = (past: Value, rows: Value): Value => {
    const byHead = g.op('Unsqueeze', [
      g.op('Transpose', [rows], { ints: { perm: [1, 0, 2] } }),
      g.int64([0]),
    ]);
    return g.op('Concat', [past, byHead], { ints: { axis: 2 } });
  };
  const key = extended(pastKey, newKey);
  const value = extended(pastValue, newValue);
  // [S, kv, group, d] → [1, kv, group·S, d]
  const newCount = sizeOf(g, query, 0);
  const unflattened = g.op('Reshape', [query, shapeOf(g, newCount, kvHeads, perGroup, -1)]);
  const grouped = g.op('Transpose', [unflattened], { ints: { perm: [1, 2, 0, 3] } });
  const width = sizeOf(g, pastKey, 3);
  const scaled = scale(g, g.op('Reshape', [grouped, shapeOf(g, 1, kvHeads, -1, width)]), width);
  const transposed = g.op('Transpose', [key], { ints: { perm: [0, 1, 3, 2] } });
  const scores = g.op('MatMul', [scaled, transposed]);
  const total = sizeOf(g, key, 2);
  const perHead = shapeOf(g, kvHeads, perGroup, newCount, total);
  const masked = hide(g, causal.visible, g.op('Reshape', [scores, perHead]));
  const weights = g.op('Softmax', [masked], { ints: { axis: -1 } });
  const stacked = shapeOf(g, 1, kvHeads, -1, total);
  const mixed = g.op('MatMul', [g.op('Reshape', [weights, stacked]), value]);
  const apart = shapeOf(g, kvHeads, perGroup, newCount, width);
  const back = g.op('Transpose', [g.op('Reshape', [mixed, apart])], {
    ints: { perm: [2, 0, 1, 3] },
  });
  g.assign(outputOf(node, 0), g.op('Reshape', [back, shapeOf(g, 1, newCount, -1)]));
  g.assign(outputOf(node, 1), key);
  g.assign(outputOf(node, 2), value);
}

/** query, key and value [tiles, L, heads·d] → [tiles, L, heads·d], everything sees everything. */
function fullAttention(g: GraphBuilder, node: NodeProto): void {
  const heads = intAttribute(node, 'num_heads');
  const apart = (index: number, perm: readonly number[]): Value =>
    g.op('Transpose', [g.reshape(inputOf(node, index), [0, 0, heads, -1])], { ints: { perm } });
  const query = apart(0, [0, 2, 1, 3]);
  const scaled = scale(g, query, sizeOf(g, query, 3));
  const scores = g.op('MatMul', [scaled, apart(1, [0, 2, 3, 1])]);
  const weights = g.op('Softmax', [scores], { ints: { axis: -1 } });
  const mixed = g.op('MatMul', [weights, apart(2, [0, 2, 1, 3])]);
  const back = g.op('Transpose', [mixed], { ints: { perm: [0, 2, 1, 3] } });
  g.assign(outputOf(node, 0), g.reshape(back, [0, 0, -1]));
}

/** True when the graph holds grouped attention over float32 keys, which CUDA's kernel lacks. */
export function hasFloatAttention(graph: GraphProto): boolean {
  const key = graph.input.find(({ name }) => name === DECODER_IO.pastKey(0));
  return key?.type.tensorType.elemType === ELEMENT_TYPE.float;
}
