// Rewrites the fused attention of a graph into plain matrix products, for devices whose fused kernels fail.

import { DECODER_IO } from './decoderGraph';
import { GraphBuilder, type Value } from './graphBuilder';
import type { GraphProto, NodeProto } from './onnxSchema';

/**
 * The same graph with every `GroupQueryAttention` and `MultiHeadAttention` spelled out: rotary
 * embedding, key/value concatenation, scores, causal mask, softmax, weighted sum (reference:
 * onnxruntime/docs/ContribOperators.md). Inputs, outputs and weights stay as they are, so it serves
 * the same files; scores need heads · S · T · 4 bytes where the fused form needs none.
 */
export function withPlainAttention(graph: GraphProto): GraphProto {
  const g = new GraphBuilder(graph.name, new Map(), 'plain_');
  let causal: CausalInputs | undefined;
  for (const node of graph.node) {
    if (node.opType === 'GroupQueryAttention') {
      causal ??= causalInputs(g, node);
      groupedAttention(g, node, causal);
    } else if (node.opType === 'MultiHeadAttention') {
      fullAttention(g, node);
    } else {
      g.append(node);
    }
  }
  const { node, initializer } = g.graph();
  const names = new Set(graph.initializer.map(({ name }) => name));
  return {
    ...graph,
    node,
    initializer: [...graph.initializer, ...initializer.filter(({ name }) => !names.has(name))],
  };
}

/** What all layers share. */
interface CausalInputs {
  /** [S, 1, head width / 2]: of the new positions */
  readonly cos: Value;
  readonly sin: Value;
  /** [S, T] bool: true where a new position may look */
  readonly visible: Value;
}

function causalInputs(g: GraphBuilder, node: NodeProto): CausalInputs {
  const query = input(node, 0);
  const total = g.reshape(g.op('Cast', [input(node, 6)], { ints: { to: INT64 } }), [1]);
  const past = g.op('Sub', [total, g.op('Shape', [query], { ints: { start: 1, end: 2 } })]);
  const rows = (table: Value): Value =>
    g.op('Unsqueeze', [g.op('Slice', [table, past, total, g.int64([0])]), g.int64([1])]);
  const range = (from: Value, to: Value): Value =>
    g.op('Range', [g.reshape(from, []), g.reshape(to, []), g.int64([1], [])]);
  const visible = g.op('LessOrEqual', [
    g.reshape(range(g.int64([0]), total), [1, -1]),
    g.reshape(range(past, total), [-1, 1]),
  ]);
  return { cos: rows(input(node, 7)), sin: rows(input(node, 8)), visible };
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
  const [pastKey, pastValue] = [input(node, 3), input(node, 4)];
  const split = (value: Value, count: number): Value => heads3(g, value, count);
  const query = rotate(g, split(input(node, 0), heads), causal);
  const newKey = rotate(g, split(input(node, 1), kvHeads), causal);
  const newValue = split(input(node, 2), kvHeads);
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
  const grouped = g.op('Transpose', [unflatten(g, query, kvHeads, perGroup)], {
    ints: { perm: [1, 2, 0, 3] },
  });
  const width = g.op('Shape', [pastKey], { ints: { start: 3, end: 4 } });
  const rows = g.op('Concat', [g.int64([1, kvHeads, -1]), width], { ints: { axis: 0 } });
  const scaled = scale(g, g.op('Reshape', [grouped, rows]), width);
  const transposed = g.op('Transpose', [key], { ints: { perm: [0, 1, 3, 2] } });
  const scores = g.op('MatMul', [scaled, transposed]);
  const newCount = g.op('Shape', [query], { ints: { start: 0, end: 1 } });
  const total = g.op('Shape', [key], { ints: { start: 2, end: 3 } });
  const perHead = g.op('Concat', [g.int64([kvHeads, perGroup]), newCount, total], {
    ints: { axis: 0 },
  });
  const masked = g.op('Where', [
    causal.visible,
    g.op('Reshape', [scores, perHead]),
    g.op('CastLike', [g.float(HIDDEN), scores]),
  ]);
  const weights = g.op('Softmax', [masked], { ints: { axis: -1 } });
  const stacked = g.op('Concat', [g.int64([1, kvHeads, -1]), total], { ints: { axis: 0 } });
  const mixed = g.op('MatMul', [g.op('Reshape', [weights, stacked]), value]);
  const apart = g.op('Concat', [g.int64([kvHeads, perGroup]), newCount, width], {
    ints: { axis: 0 },
  });
  const back = g.op('Transpose', [g.op('Reshape', [mixed, apart])], {
    ints: { perm: [2, 0, 1, 3] },
  });
  const flat = g.op('Concat', [g.int64([1]), newCount, g.int64([-1])], { ints: { axis: 0 } });
  g.assign(output(node, 0), g.op('Reshape', [back, flat]));
  g.assign(output(node, 1), key);
  g.assign(output(node, 2), value);
}

/** query, key and value [tiles, L, heads·d] → [tiles, L, heads·d], everything sees everything. */
function fullAttention(g: GraphBuilder, node: NodeProto): void {
  const heads = intAttribute(node, 'num_heads');
  const apart = (index: number, perm: readonly number[]): Value =>
    g.op('Transpose', [g.reshape(input(node, index), [0, 0, heads, -1])], { ints: { perm } });
  const query = apart(0, [0, 2, 1, 3]);
  const width = g.op('Shape', [query], { ints: { start: 3, end: 4 } });
  const scores = g.op('MatMul', [scale(g, query, width), apart(1, [0, 2, 3, 1])]);
  const weights = g.op('Softmax', [scores], { ints: { axis: -1 } });
  const mixed = g.op('MatMul', [weights, apart(2, [0, 2, 1, 3])]);
  const back = g.op('Transpose', [mixed], { ints: { perm: [0, 2, 1, 3] } });
  g.assign(output(node, 0), g.reshape(back, [0, 0, -1]));
}

/** Rotary embedding of [S, heads, d]: the two halves of a head turn against each other. */
function rotate(g: GraphBuilder, x: Value, { cos, sin }: CausalInputs): Value {
  const [a, b] = g.ops('Split', [x], 2, { ints: { axis: 2, num_outputs: 2 } });
  const times = (half: Value | undefined, table: Value): Value =>
    g.op('Mul', [half ?? '', g.op('CastLike', [table, x])]);
  return g.op(
    'Concat',
    [g.op('Sub', [times(a, cos), times(b, sin)]), g.op('Add', [times(b, cos), times(a, sin)])],
    { ints: { axis: 2 } },
  );
}

/** [1, S, heads·d] → [S, heads, d] */
function heads3(g: GraphBuilder, value: Value, heads: number): Value {
  const rows = g.op('Squeeze', [value, g.int64([0])]);
  return g.reshape(rows, [0, heads, -1]);
}

/** [S, kv·group, d] → [S, kv, group, d] */
function unflatten(g: GraphBuilder, value: Value, kvHeads: number, perGroup: number): Value {
  const rows = g.op('Shape', [value], { ints: { start: 0, end: 1 } });
  const shape = g.op('Concat', [rows, g.int64([kvHeads, perGroup, -1])], { ints: { axis: 0 } });
  return g.op('Reshape', [value, shape]);
}

/** Divides by the root of the head width before the product, which half precision needs. */
function scale(g: GraphBuilder, query: Value, width: Value): Value {
  const root = g.op('Sqrt', [g.op('Cast', [width], { ints: { to: FLOAT } })]);
  return g.op('Div', [query, g.op('CastLike', [root, query])]);
}

/** Far below any score, and still a number in half precision. */
const HIDDEN = -60_000;

const [FLOAT, INT64] = [1, 7];

function input(node: NodeProto, index: number): Value {
  return node.input[index] ?? '';
}

function output(node: NodeProto, index: number): Value {
  return node.output[index] ?? '';
}

function intAttribute(node: NodeProto, name: string): number {
  const value = node.attribute.find((attribute) => attribute.name === name)?.i;
  if (value === undefined) {
    throw new RangeError(`${node.name}: no attribute ${name}`);
  }
  return value;
}

/** True when the graph holds grouped attention over float32 keys, which CUDA's kernel lacks. */
export function hasFloatAttention(graph: GraphProto): boolean {
  const key = graph.input.find(({ name }) => name === DECODER_IO.pastKey(0));
  return key?.type.tensorType.elemType === FLOAT;
}
